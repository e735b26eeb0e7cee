"""Why a campaign cannot be started or deleted."""

from http import HTTPStatus

from app.kit.problems import Problem
from app.launch.rules import waiting
from app.leads.rules.progress import Progress


class HoldingCampaign(Problem):
    """A campaign cannot both hold people in store and send."""

    status, code = HTTPStatus.CONFLICT, "holding_campaign"

    def __init__(self) -> None:
        super().__init__("A holding campaign is never started; it holds people in store.")


class ValidationRunning(Problem):
    """The switch ``require_validation_before_start`` is on, and the check of its leads goes on."""

    status, code = HTTPStatus.CONFLICT, "validation_running"
    example = (Progress(total=4000, pending=1000, next_try_at=None, found={}),)

    def __init__(self, progress: Progress) -> None:
        super().__init__(
            f'{waiting(progress)} Start it when all are checked, or send {{"force": true}}.',
            total=progress.total,
            pending=progress.pending,
            percent=progress.percent,
            next_try_at=progress.next_try_at,
        )


class NameMismatch(Problem):
    """The name given for confirmation is not the campaign's."""

    status, code = HTTPStatus.CONFLICT, "name_mismatch"

    def __init__(self) -> None:
        super().__init__("confirm_name is not the name of this campaign; nothing was deleted.")


class ConfirmationRequired(Problem):
    """The switch ``confirm_deletes`` is on, and the request does not name the campaign."""

    status, code = HTTPStatus.CONFLICT, "confirmation_required"

    def __init__(self) -> None:
        super().__init__(
            'Deleting needs a confirmation here: send {"confirm_name": "…"} with the'
            " campaign's name."
        )

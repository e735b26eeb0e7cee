"""What can be wrong with a lead, or with what is asked of it."""

from http import HTTPStatus
from typing import Any

from app.kit.problems import Problem
from app.leads.merge import MAX_CUSTOM_FIELDS
from app.values import LeadId, LeadStatus

# For the examples of the API's description.
CONFLICT = {
    "campaign_id": 7,
    "campaign_name": "Spring outreach",
    "status": "IN_PROGRESS",
    "lead_id": 41,
    "tags": [],
    "others": 0,
}
MATCHED = {
    "kind": "block",
    "entry": "example.com",
    "source": "manual",
    "added_at": "2026-11-23T10:00:00Z",
}


class LeadNotFound(Problem):
    """There is no such lead here: not in the workspace, or not in the campaign."""

    status, code = HTTPStatus.NOT_FOUND, "lead_not_found"

    def __init__(self) -> None:
        super().__init__("Lead not found - Invalid lead_id.")


class ValidationNotFound(Problem):
    """Nobody asked about addresses by this id, or it is more than a week ago."""

    status, code = HTTPStatus.NOT_FOUND, "validation_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such validation; they are kept for a week.")


class TooManyValidations(Problem):
    """So many requests of the workspace about addresses are not answered in full yet."""

    status, code = HTTPStatus.CONFLICT, "too_many_validations"
    example = (20,)

    def __init__(self, most: int) -> None:
        super().__init__(
            f"At most {most} checks of addresses may be pending at once in a workspace;"
            " wait until one of them has ended, five minutes after it began at the latest."
        )


class TooManyCustomFields(Problem):
    """Together with those that are there; they are merged."""

    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "too_many_custom_fields"

    def __init__(self) -> None:
        super().__init__(f"A lead has {MAX_CUSTOM_FIELDS} custom fields at most.")


class LeadListOff(Problem):
    """The workspace looks at leads by campaign only."""

    status, code = HTTPStatus.FORBIDDEN, "workspace_lead_list_off"

    def __init__(self) -> None:
        super().__init__("This workspace shows leads by campaign only; its lead list is off.")


class MoveLeadsOff(Problem):
    """The workspace keeps the leads of each campaign where they are."""

    status, code = HTTPStatus.FORBIDDEN, "move_leads_off"

    def __init__(self) -> None:
        super().__init__("This workspace neither moves nor copies leads between campaigns.")


class LeadListNotFound(Problem):
    """A list of leads outside of campaigns; there are none."""

    status, code = HTTPStatus.NOT_FOUND, "lead_list_not_found"

    def __init__(self) -> None:
        super().__init__("Lead list not found - Invalid listId.")


class UnknownStatus(Problem):
    """A word that no vocabulary has."""

    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "unknown_status"
    example = ("query/status", ["COMPLETED", "PAUSED"])

    def __init__(self, at: str, known: list[str]) -> None:
        detail = f"This is no status. Known are: {', '.join(known)}."
        super().__init__(detail, errors=[{"pointer": at, "code": self.code, "detail": detail}])


class AmbiguousStatus(Problem):
    """A word that stands for several statuses, of which one must be said."""

    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "ambiguous_status"
    example = ("/status", "BLOCKED", [LeadStatus.DO_NOT_CONTACT, LeadStatus.BOUNCED])

    def __init__(self, at: str, word: str, statuses: list[LeadStatus]) -> None:
        detail = f"'{word}' may be {', '.join(statuses)}: say which."
        super().__init__(detail, errors=[{"pointer": at, "code": self.code, "detail": detail}])


class UnknownCategory(Problem):
    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "unknown_category"
    example = (99,)

    def __init__(self, category_id: int) -> None:
        super().__init__(f"There is no category {category_id}.")


class ImpossibleTransition(Problem):
    """The status does not lead there."""

    status, code = HTTPStatus.CONFLICT, "impossible_transition"
    example = (LeadStatus.BOUNCED, "paused")

    def __init__(self, current: LeadStatus, wish: str) -> None:
        super().__init__(f"A lead that is {current} cannot be {wish}.", current_status=current)


class StillSuppressed(Problem):
    """Somebody opted out, and the entry that says so still holds."""

    status, code = HTTPStatus.CONFLICT, "still_suppressed"
    example = (LeadStatus.UNSUBSCRIBED, {**MATCHED, "kind": "unsubscribe"})

    def __init__(self, current: LeadStatus, matched: dict[str, Any]) -> None:
        super().__init__(
            f"The lead is {current}, and the entry '{matched['entry']}' of the"
            f" {matched['kind']} list still holds. Lift the entry first.",
            current_status=current,
            matched=matched,
        )


class InProgressElsewhere(Problem):
    """To go on here would be to write to somebody whom another campaign is writing to."""

    status, code = HTTPStatus.CONFLICT, "in_progress_in_other_campaign"
    example = (CONFLICT,)

    def __init__(self, conflict: dict[str, Any]) -> None:
        super().__init__("Currently in progress in another campaign", conflict=conflict)


class InvalidEmail(Problem):
    """The new address of a lead is none."""

    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_email"

    def __init__(self) -> None:
        super().__init__(
            "Not a valid email address",
            errors=[
                {"pointer": "/email", "code": "invalid_email", "detail": "not an email address"}
            ],
        )


class DuplicateEmail(Problem):
    """Another lead has this address."""

    status, code = HTTPStatus.CONFLICT, "duplicate_email"
    example = (LeadId(41),)

    def __init__(self, lead_id: LeadId) -> None:
        super().__init__(f"Lead {lead_id} has this email address.", lead_id=lead_id)


class DuplicateLinkedin(Problem):
    """Another lead has this LinkedIn profile."""

    status, code = HTTPStatus.CONFLICT, "duplicate_linkedin"
    example = (LeadId(41),)

    def __init__(self, lead_id: LeadId) -> None:
        super().__init__(f"Lead {lead_id} has this LinkedIn profile.", lead_id=lead_id)


class AddressSuppressed(Problem):
    """The new address of a lead is on a list."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    sentence: str
    example = (MATCHED,)

    def __init__(self, matched: dict[str, Any]) -> None:
        super().__init__(self.sentence, matched=matched)


class AddressBlocked(AddressSuppressed):
    code, sentence = "blocked", "On global block list"


class AddressUnsubscribed(AddressSuppressed):
    code, sentence = "unsubscribed", "Previously unsubscribed"


class AddressOptedOut(AddressSuppressed):
    code, sentence = "do_not_contact", "Asked not to be contacted"

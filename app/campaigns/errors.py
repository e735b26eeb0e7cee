"""What can be wrong with a campaign, or with what is asked of it."""

from http import HTTPStatus

from app.kit.problems import Problem


class CampaignNotFound(Problem):
    """There is no such campaign in this workspace, or it was deleted."""

    status, code = HTTPStatus.NOT_FOUND, "campaign_not_found"

    def __init__(self) -> None:
        super().__init__("Campaign not found - Invalid campaign_id.")

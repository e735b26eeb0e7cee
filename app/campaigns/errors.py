"""What can be wrong with a campaign, or with what is asked of it."""

from http import HTTPStatus
from typing import Any

from app.campaigns.rules import MAX_SETTINGS
from app.kit.problems import Problem


class CampaignNotFound(Problem):
    """There is no such campaign in this workspace, or it was deleted."""

    status, code = HTTPStatus.NOT_FOUND, "campaign_not_found"

    def __init__(self) -> None:
        super().__init__("Campaign not found - Invalid campaign_id.")


class SettingsTooLarge(Problem):
    """Together with those that are there, the settings are more than a campaign keeps."""

    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "settings_too_large"

    def __init__(self) -> None:
        super().__init__(f"The settings of a campaign have {MAX_SETTINGS} bytes of JSON at most.")


class InvalidSchedule(Problem):
    """A time zone, hour or number that cannot be meant; 400, in SmartLead's words."""

    status, code = HTTPStatus.BAD_REQUEST, "invalid_schedule"
    example = ("start_hour", "25:00")

    def __init__(self, field: str, value: Any) -> None:
        detail = f"Invalid {field} - {str(value)[:100]}"
        super().__init__(
            detail, errors=[{"pointer": f"/{field}", "code": self.code, "detail": detail}]
        )

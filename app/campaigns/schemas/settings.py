"""How a campaign sends."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
)
from typing_extensions import TypeAliasType

from app.campaigns.schemas.fields import OptionalClient, OptionalName
from app.kit.fields import AN_INTEGER, Flag, Integer, IntegerText, Lenient, SentAs, any_case, upper

NOT_SETTINGS = frozenset(
    {
        "id",
        "user_id",
        "created_at",
        "updated_at",
        "status",
        "name",
        "lead_source",
        "holding",
        "archived_at",
        "parent_campaign_id",
        "client_id",
        "tags",
        "scheduler_cron_value",
        "min_time_btwn_emails",
        "max_leads_per_day",
        "schedule_start_time",
        "lead_counts",
    }
)
"""What a campaign shows besides its settings; clients send back what they read."""


MAX_DIGITS = 30


class TrackSetting(StrEnum):
    """What is not tracked."""

    DONT_TRACK_EMAIL_OPEN = "DONT_TRACK_EMAIL_OPEN"
    DONT_TRACK_LINK_CLICK = "DONT_TRACK_LINK_CLICK"
    DONT_TRACK_REPLY_TO_AN_EMAIL = "DONT_TRACK_REPLY_TO_AN_EMAIL"

    @classmethod
    def _missing_(cls, value: object) -> "TrackSetting | None":
        """SmartLead's own answers say DONT_EMAIL_OPEN, and clients send them back."""
        longer = str(value).replace("DONT_", "DONT_TRACK_", 1)
        return next((setting for setting in cls if setting.value == longer), None)


class StopLeadSetting(StrEnum):
    """What ends a lead's sequence."""

    REPLY_TO_AN_EMAIL = "REPLY_TO_AN_EMAIL"
    CLICK_ON_A_LINK = "CLICK_ON_A_LINK"
    OPEN_AN_EMAIL = "OPEN_AN_EMAIL"

    @classmethod
    def _missing_(cls, value: object) -> "StopLeadSetting | None":
        """Both words of SmartLead's pages."""
        words = {"CLICKED_LINK": cls.CLICK_ON_A_LINK, "OPENED_EMAIL": cls.OPEN_AN_EMAIL}
        return words.get(str(value))


STOP_WORDS = [*StopLeadSetting, "CLICKED_LINK", "OPENED_EMAIL"]


def _list_of_one(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _upper(value: Any) -> Any:
    return upper(value) if isinstance(value, str) else value


def _percentage(value: float | str) -> float | str:
    """As it was given: clients write "5" and compare it with what they read."""
    if len(str(value)) > MAX_DIGITS:
        raise ValueError(f"a percentage has {MAX_DIGITS} characters at most")
    try:
        number = float(value)
    except ValueError:  # which says what it was given
        raise ValueError("a percentage is a number") from None
    if not 0 <= number <= 100:
        raise ValueError("a percentage is between 0 and 100")
    return value


def _no_truth(value: Any) -> Any:
    """Pydantic would take true for 1."""
    if isinstance(value, bool):
        raise ValueError("a percentage is a number")
    return value


TrackWord = TypeAliasType(
    "TrackWord",
    Literal[
        "DONT_TRACK_EMAIL_OPEN",
        "DONT_TRACK_LINK_CLICK",
        "DONT_TRACK_REPLY_TO_AN_EMAIL",
        "DONT_EMAIL_OPEN",
        "DONT_LINK_CLICK",
        "DONT_REPLY_TO_AN_EMAIL",
    ],
)
TrackWords = TypeAliasType("TrackWords", list[TrackWord] | TrackWord)
TrackSettings = Annotated[
    list[TrackSetting] | None, BeforeValidator(_list_of_one), SentAs(TrackWords | None)
]
StopWord = Annotated[str, Field(pattern=any_case(STOP_WORDS), examples=["REPLY_TO_AN_EMAIL"])]
StopSetting = Annotated[StopLeadSetting | None, BeforeValidator(_upper), SentAs(StopWord | None)]
FollowUpOrText = TypeAliasType("FollowUpOrText", Annotated[int, Field(ge=0, le=100)] | IntegerText)
FollowUp = Annotated[int, Field(ge=0, le=100), AN_INTEGER, SentAs(FollowUpOrText)]
Percent = Annotated[int | float | str, Field(title="Percent")]
Percentage = Annotated[Percent, AfterValidator(_percentage), BeforeValidator(_no_truth)]


OutOfOfficeSettings = TypeAliasType("OutOfOfficeSettings", dict[str, Any])


class CampaignSettingsIn(Lenient):
    """How the campaign sends. What is not named stays; other settings are stored and echoed.

    A ``name`` or ``client_id`` of null stays too: many clients always send them. What a campaign
    shows besides its settings is passed over, so that one that was read may be sent back.
    """

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "track_settings": ["DONT_TRACK_EMAIL_OPEN"],
                    "stop_lead_settings": "REPLY_TO_AN_EMAIL",
                    "bounce_autopause_threshold": "5",
                }
            ]
        },
    )
    __pydantic_extra__: dict[str, JsonValue]

    name: OptionalName = None
    client_id: OptionalClient = None
    track_settings: TrackSettings = Field(default=None, examples=[["DONT_TRACK_EMAIL_OPEN"]])
    stop_lead_settings: StopSetting = None
    unsubscribe_text: str | None = Field(default=None, max_length=1000)
    follow_up_percentage: FollowUp | None = None
    send_as_plain_text: Flag | None = None
    force_plain_text: Flag | None = None
    enable_ai_esp_matching: Flag | None = None
    auto_pause_domain_leads_on_reply: Flag | None = None
    ignore_ss_mailbox_sending_limit: Flag | None = None
    domain_level_rate_limit: Flag | None = None
    bounce_autopause_threshold: Percentage | None = Field(default=None, examples=["5"])
    ai_categorisation_options: list[Integer] | None = Field(default=None, max_length=1000)
    out_of_office_detection_settings: OutOfOfficeSettings | None = None

    def to_settings(self) -> dict[str, Any]:
        given = self.model_dump(mode="json", exclude_unset=True)
        return {name: value for name, value in given.items() if name not in NOT_SETTINGS}

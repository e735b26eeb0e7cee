"""The life of a campaign on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool
from pydantic.config import JsonDict

from app.campaigns.schemas import examples
from app.campaigns.schemas.campaigns import CampaignOut
from app.campaigns.schemas.fields import Name, OptionalClient
from app.kit.fields import BLANK_IS_NULL, OkOut, any_case, upper
from app.launch.rules import STATUS_WORDS, Bounces, Detail, Overlap, Told, waiting
from app.leads.rules.progress import Progress
from app.values import CampaignId, CampaignStatus, JobId, LeadSource, LeadStatus

VALIDATION_RUNNING: JsonDict = {
    "code": "validation_running",
    "detail": "1000 of 4000 leads wait to be checked."
    " Nothing is sent to an address before it was checked.",
    "total": 4000,
    "pending": 1000,
    "percent": 75.0,
    "next_try_at": None,
}
UNVERIFIED_HELD: JsonDict = {
    "code": "unverified_held",
    "detail": "900 leads are unverified; nothing is sent to them while hold_unverified is on.",
    "unverified": 900,
}
BOUNCES_LIKELY: JsonDict = {
    "code": "bounces_likely",
    "detail": "900 of 3000 checked leads are unverified."
    " Many bounces harm the reputation of the senders.",
    "checked": 3000,
    "unverified": 900,
    "invalid": 60,
    "contacted": 0,
    "bounced": 0,
    "bounce_rate": None,
}


class LeadCountsOut(BaseModel):
    """The members of a campaign, exact."""

    total: int = Field(examples=[3])
    by_status: dict[LeadStatus, int] = Field(examples=[{"NOT_CONTACTED": 2, "PAUSED": 1}])
    bounce_rate: float | None = Field(
        description="Percent of those whose status says that they were written to; null: nobody."
    )

    @classmethod
    def of(cls, detail: Detail) -> Self:
        return cls(
            total=sum(detail.members.values()),
            by_status={status: count for status, count in detail.members.items() if count},
            bounce_rate=detail.bounce_rate,
        )


class CampaignDetailOut(CampaignOut):
    """A campaign, with its members counted."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **examples.CAMPAIGN,
                    "lead_counts": {
                        "total": 3,
                        "by_status": {"NOT_CONTACTED": 2, "PAUSED": 1},
                        "bounce_rate": None,
                    },
                }
            ]
        }
    )

    lead_counts: LeadCountsOut

    @classmethod
    def of_detail(cls, detail: Detail) -> Self:
        return cls.of(detail.campaign, lead_counts=LeadCountsOut.of(detail))


class OverlapWarning(BaseModel):
    """People of this campaign are being written to from others as well."""

    code: Literal["active_elsewhere"] = "active_elsewhere"
    detail: str = Field(examples=["12 people of this campaign are active in other campaigns."])
    people: int = Field(examples=[12])
    is_exact: bool = Field(description="False: counted among the newest members only.")

    @classmethod
    def of(cls, overlap: Overlap) -> Self:
        who = "1 person" if overlap.people == 1 else f"{overlap.people} people"
        among = "" if overlap.is_exact else f"Of the {overlap.looked_at} newest members, "
        verb = "is" if overlap.people == 1 else "are"
        detail = f"{among}{who} of this campaign {verb} active in other campaigns."
        return cls(detail=detail, people=overlap.people, is_exact=overlap.is_exact)


class ValidationWarning(BaseModel):
    """Not all leads of this campaign are checked yet."""

    code: Literal["validation_running"] = "validation_running"
    detail: str = Field(examples=[VALIDATION_RUNNING["detail"]])
    total: int = Field(description="Leads in the campaign.")
    pending: int = Field(description="They wait to be checked, perhaps again.")
    percent: float = Field(description="Of the leads, the checked ones.")
    next_try_at: datetime | None = Field(
        description="While all who are pending wait to be tried again: when the first of them is."
    )

    @classmethod
    def of(cls, progress: Progress) -> Self:
        detail = f"{waiting(progress)} Nothing is sent to an address before it was checked."
        return cls(
            detail=detail,
            total=progress.total,
            pending=progress.pending,
            percent=progress.percent,
            next_try_at=progress.next_try_at,
        )


class BouncesWarning(BaseModel):
    """More mail may bounce than does the senders good."""

    code: Literal["bounces_likely"] = "bounces_likely"
    detail: str = Field(examples=[BOUNCES_LIKELY["detail"]])
    checked: int = Field(description="Leads whose address was checked.")
    unverified: int
    invalid: int
    contacted: int = Field(description="Leads whose status says that they were written to.")
    bounced: int
    bounce_rate: float | None = Field(description="In percent; null: nobody was written to.")

    @classmethod
    def of(cls, bounces: Bounces) -> Self:
        return cls(
            detail=f"{' '.join(bounces.reasons)} Many bounces harm the reputation of the senders.",
            checked=bounces.checked,
            unverified=bounces.unverified,
            invalid=bounces.invalid,
            contacted=bounces.contacted,
            bounced=bounces.bounced,
            bounce_rate=bounces.rate,
        )


class HeldWarning(BaseModel):
    """The switch ``hold_unverified`` is on, and some of the leads that were checked are."""

    code: Literal["unverified_held"] = "unverified_held"
    detail: str = Field(examples=[UNVERIFIED_HELD["detail"]])
    unverified: int = Field(description="Nothing is sent to them.")

    @classmethod
    def of(cls, held: int) -> Self:
        leads = "1 lead is" if held == 1 else f"{held} leads are"
        detail = f"{leads} unverified; nothing is sent to them while hold_unverified is on."
        return cls(detail=detail, unverified=held)


Warnings = list[
    Annotated[
        OverlapWarning | ValidationWarning | HeldWarning | BouncesWarning,
        Field(discriminator="code"),
    ]
]


def _warnings(told: Told) -> Warnings:
    found: Warnings = []
    if told.overlap and told.overlap.people:
        found.append(OverlapWarning.of(told.overlap))
    if told.validation:
        found.append(ValidationWarning.of(told.validation))
    if told.held:
        found.append(HeldWarning.of(told.held))
    if told.bounces:
        found.append(BouncesWarning.of(told.bounces))
    return found


class ChangedCampaignOut(CampaignDetailOut):
    """The campaign as it is now. ``warnings`` is there when there is something to tell."""

    warnings: list[OverlapWarning] = Field(default=[], exclude_if=lambda told: not told)

    @classmethod
    def of_change(cls, detail: Detail) -> Self:
        counts = LeadCountsOut.of(detail)
        return cls.of(detail.campaign, lead_counts=counts, warnings=_warnings(Told(detail.overlap)))


def _changes(schema: dict[str, Any]) -> None:
    """Without defaults, which would be written over what is there."""
    schema["examples"] = [{"name": "Autumn outreach"}, {"holding": True}]
    for field in schema["properties"].values():
        field.pop("default", None)


class ChangeCampaignIn(BaseModel):
    """What is not named stays. A client of null takes the campaign from its client."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_changes)

    name: Name = Field(default="", examples=["Autumn outreach"])
    lead_source: LeadSource = LeadSource.MANUAL
    holding: StrictBool = False
    client_id: OptionalClient = None

    def to_changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


def _status(word: Any) -> Any:
    known = STATUS_WORDS.get(upper(word)) if isinstance(word, str) else None
    if known is None:
        raise ValueError(f"status is one of {', '.join(STATUS_WORDS)}")
    return known


StatusWord = Annotated[str, Field(pattern=any_case(list(STATUS_WORDS)))]


class CampaignStatusIn(BaseModel):
    """START, PAUSED or STOPPED, in any case; also ACTIVE, PAUSE, STOP and COMPLETED."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"status": "START"}]})

    status: Annotated[
        CampaignStatus, BeforeValidator(_status, json_schema_input_type=StatusWord)
    ] = Field(examples=["START"])
    force: StrictBool = Field(
        default=False,
        description="Start it although leads wait to be checked, where the workspace requires it.",
    )


class CampaignStatusOut(OkOut):
    """Done. ``warnings`` is there when there is something to tell."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"ok": True},
                {
                    "ok": True,
                    "warnings": [
                        {
                            "code": "active_elsewhere",
                            "detail": "12 people of this campaign are active in other campaigns.",
                            "people": 12,
                            "is_exact": True,
                        },
                        VALIDATION_RUNNING,
                        BOUNCES_LIKELY,
                    ],
                },
            ]
        }
    )

    warnings: Warnings = Field(default=[], exclude_if=lambda told: not told)

    @classmethod
    def of(cls, told: Told) -> Self:
        return cls(warnings=_warnings(told))


class DeleteCampaignIn(BaseModel):
    """A confirmation; a workspace may require it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"confirm_name": "Spring outreach"}]}
    )

    confirm_name: Annotated[str | None, BLANK_IS_NULL] = Field(
        default=None, examples=["Spring outreach"]
    )


class DeletedCampaignOut(OkOut):
    """Gone from every answer. The job removes its rows."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ok": True, "job_id": 31}]})

    job_id: int = Field(examples=[31])

    @classmethod
    def of(cls, job_id: JobId) -> Self:
        return cls(job_id=job_id)


class DuplicatedOut(OkOut):
    """The copy is a draft."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ok": True, "newCampaignId": 373}]})

    newCampaignId: int = Field(examples=[373])  # noqa: N815  # SmartLead's name

    @classmethod
    def of(cls, campaign_id: CampaignId) -> Self:
        return cls(newCampaignId=campaign_id)

"""The life of a campaign on the wire."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from app.campaigns.schemas import examples
from app.campaigns.schemas.campaigns import CampaignOut
from app.campaigns.schemas.fields import Name, OptionalClient
from app.kit.fields import BLANK_IS_NULL, OkOut, any_case, upper
from app.launch.rules import STATUS_WORDS, Detail, Told
from app.launch.warnings import (
    BOUNCES_LIKELY,
    VALIDATION_RUNNING,
    OverlapWarning,
    Warnings,
    warnings_of,
)
from app.values import CampaignId, CampaignStatus, JobId, LeadSource, LeadStatus


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


class ChangedCampaignOut(CampaignDetailOut):
    """The campaign as it is now. ``warnings`` is there when there is something to tell."""

    warnings: list[OverlapWarning] = Field(default=[], exclude_if=lambda told: not told)

    @classmethod
    def of_change(cls, detail: Detail) -> Self:
        counts = LeadCountsOut.of(detail)
        return cls.of(
            detail.campaign, lead_counts=counts, warnings=warnings_of(Told(detail.overlap))
        )


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
        return cls(warnings=warnings_of(told))


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

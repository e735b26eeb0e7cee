"""What somebody should know who starts a campaign, on the wire."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field
from pydantic.config import JsonDict

from app.launch.rules import Bounces, Overlap, Told, waiting
from app.leads.rules.progress import Progress

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


class OverlapWarning(BaseModel):
    """People of this campaign are being written to from others as well."""

    code: Literal["active_elsewhere"]
    detail: str = Field(examples=["12 people of this campaign are active in other campaigns."])
    people: int = Field(examples=[12])
    is_exact: bool = Field(description="False: counted among the newest members only.")

    @classmethod
    def of(cls, overlap: Overlap) -> Self:
        who = "1 person" if overlap.people == 1 else f"{overlap.people} people"
        among = "" if overlap.is_exact else f"Of the {overlap.looked_at} newest members, "
        verb = "is" if overlap.people == 1 else "are"
        detail = f"{among}{who} of this campaign {verb} active in other campaigns."
        return cls(
            code="active_elsewhere",
            detail=detail,
            people=overlap.people,
            is_exact=overlap.is_exact,
        )


class ValidationWarning(BaseModel):
    """Not all leads of this campaign are checked yet."""

    code: Literal["validation_running"]
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
            code="validation_running",
            detail=detail,
            total=progress.total,
            pending=progress.pending,
            percent=progress.percent,
            next_try_at=progress.next_try_at,
        )


class BouncesWarning(BaseModel):
    """More mail may bounce than does the senders good."""

    code: Literal["bounces_likely"]
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
            code="bounces_likely",
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

    code: Literal["unverified_held"]
    detail: str = Field(examples=[UNVERIFIED_HELD["detail"]])
    unverified: int = Field(description="Nothing is sent to them.")

    @classmethod
    def of(cls, held: int) -> Self:
        leads = "1 lead is" if held == 1 else f"{held} leads are"
        detail = f"{leads} unverified; nothing is sent to them while hold_unverified is on."
        return cls(code="unverified_held", detail=detail, unverified=held)


Warnings = list[
    Annotated[
        OverlapWarning | ValidationWarning | HeldWarning | BouncesWarning,
        Field(discriminator="code"),
    ]
]


def warnings_of(told: Told) -> Warnings:
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

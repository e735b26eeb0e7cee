"""How far the check of addresses is, on the wire."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from app.leads.rules.progress import Progress, ProgressReason, ProgressState
from app.leads.schemas import examples
from app.values import CampaignId, ImportId, ValidationLevel, ValidationResult


class ResultCountOut(BaseModel):
    """How many leads have a result, and how deep the check of each went."""

    total: int
    by_level: dict[ValidationLevel, int]


class ValidationProgressOut(BaseModel):
    """How many leads wait to be checked, and what was found out about how many.

    Who waits to be checked again is among the pending, and has a result all the same. Who is
    invalid because a domain was not found once is not: it is asked for again ten minutes later.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [examples.VALIDATION_PROGRESS]})

    campaign_id: int | None
    import_id: int | None = Field(
        description="Of the leads that it brought; null: of all leads of the campaign."
    )
    state: ProgressState = Field(
        description="`running`, as long as an import brings more, too; `waiting` for a time to try"
        " again; `completed`."
    )
    total: int
    pending: int = Field(description="They wait to be checked, perhaps again.")
    checked: int = Field(description="All others.")
    percent: float = Field(description="Of the leads, the checked ones; 100 when all are.")
    next_try_at: datetime | None = Field(
        description="While all who are pending wait to be tried again: when the first of them is."
    )
    reason: ProgressReason | None = Field(
        description="Why those wait whose time has come. `resolver_broken`: DNS does not answer, or"
        " what it says cannot be believed; it is asked again by itself."
    )
    results: dict[ValidationResult, ResultCountOut] = Field(
        description="As a lead's `validation` has it; none for who was never checked."
    )

    @classmethod
    def of(
        cls, progress: Progress, campaign_id: CampaignId | None, import_id: ImportId | None = None
    ) -> Self:
        return cls(
            campaign_id=campaign_id,
            import_id=import_id,
            state=progress.state,
            total=progress.total,
            pending=progress.pending,
            checked=progress.checked,
            percent=progress.percent,
            next_try_at=progress.next_try_at,
            reason=progress.reason,
            results={result: _count(progress, result) for result in ValidationResult},
        )


def _count(progress: Progress, wanted: ValidationResult) -> ResultCountOut:
    by_level = {
        level: progress.found[wanted, level]
        for level in ValidationLevel
        if (wanted, level) in progress.found
    }
    return ResultCountOut(total=sum(by_level.values()), by_level=by_level)

"""What is told of an import afterwards, or of a push."""

from datetime import datetime
from typing import NotRequired

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from app.imports import examples
from app.imports.breakdown import By
from app.imports.records import Push
from app.imports.repository.breakdown import Line
from app.imports.rules import Tally
from app.imports.schemas.imports import CountsOut, GroupsOut
from app.imports.schemas.undo import UndoOut
from app.kit.pages import Paged


class BreakdownLineOut(TypedDict):
    """Who or what stands in the way, and of how many rows.

    Which of the first members are there depends on `by`. `share` is of all rows that did not get
    in; by normalisation, of all rows.
    """

    campaign_id: NotRequired[int]
    campaign_name: NotRequired[str | None]
    domain: NotRequired[str]
    source_tag: NotRequired[str]
    kind: NotRequired[str]
    entry: NotRequired[str]
    normalisation: NotRequired[str]
    rows: int
    by_code: dict[str, int]
    share: float


class BreakdownOut(BaseModel):
    """A page of it, the largest first. Rows without such a thing are in none of the lines."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.BREAKDOWN]})

    by: By
    data: list[BreakdownLineOut]
    next_cursor: str | None

    @classmethod
    def of(cls, by: By, page: Paged[Line], tally: Tally) -> "BreakdownOut":
        of_rows = tally.rows() if by is By.NORMALISATION else tally.excluded()
        return cls(
            by=by,
            data=[_line(by, line, of_rows) for line in page.rows],
            next_cursor=page.next_cursor,
        )


def _line(by: By, line: Line, of_rows: int) -> BreakdownLineOut:
    share = round(line.rows / of_rows, 4) if of_rows else 0.0
    counted = BreakdownLineOut(rows=line.rows, by_code=line.by_code, share=share)
    match by:
        case By.CAMPAIGN:
            return {"campaign_id": int(line.key), "campaign_name": line.label, **counted}
        case By.DOMAIN:
            return {"domain": line.key, **counted}
        case By.SOURCE_TAG:
            return {"source_tag": line.key, **counted}
        case By.ENTRY:
            kind, _, entry = line.key.partition(" ")
            return {"kind": kind, "entry": entry, **counted}
        case By.NORMALISATION:
            return {"normalisation": line.key, **counted}


class PushOut(BaseModel):
    """All imports that were sent under one name, together; dry runs are none of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PUSH]})

    name: str
    imports: int = Field(description="How many; `GET /imports?push=` lists them.")
    ledgers: int = Field(description="Of how many of them the rows are still kept.")
    by_state: dict[str, int] = Field(description="How many imports are in which state.")
    rows: int
    counts: CountsOut
    by_code: dict[str, int]
    groups: GroupsOut
    has_exclusions: bool
    undo: UndoOut | None = Field(description="Of all of them together.")
    first_at: datetime = Field(description="When the first of them was sent.")
    last_at: datetime = Field(description="When something happened to one of them last.")

    @classmethod
    def of(cls, found: Push) -> "PushOut":
        return cls(
            name=found.name,
            imports=found.imports,
            ledgers=found.ledgers,
            by_state=found.by_state,
            rows=found.tally.rows(),
            counts=CountsOut(**found.tally.outcomes()),
            by_code=found.tally.stored(),
            groups=GroupsOut(**found.tally.groups()),
            has_exclusions=found.tally.excluded() > 0,
            undo=UndoOut.of(found.undo) if found.undo else None,
            first_at=found.first_at,
            last_at=found.last_at,
        )

"""Imports and their rows, as they are stored. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from app.imports.in_the_way import InTheWay
from app.imports.rules import Tally, is_ledger_expired
from app.values import (
    CampaignId,
    Code,
    ImportId,
    ImportSource,
    ImportState,
    JobId,
    KeyId,
    LeadId,
    SuppressionKind,
    UndoCode,
    UndoOutcome,
    UploadId,
    Wish,
    WorkspaceId,
)


def topic_of(workspace_id: WorkspaceId, import_id: ImportId) -> str:
    """What is knocked for when an import changes."""
    return f"import:{workspace_id}:{import_id}"


class UndoneRow(NamedTuple):
    """A row of an import, with what undoing makes of it."""

    import_id: ImportId
    row: int
    email: str | None
    lead_id: LeadId
    code: UndoCode


@dataclass(frozen=True, slots=True)
class Undoing:
    """How far an import is undone, from its last row to the first."""

    rows_done: int
    by_code: Mapping[UndoCode, int]
    foretold: Sequence[UndoneRow] | None = None
    """In a dry run: some of the rows that would be kept."""

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Undoing":
        """As ``stored`` wrote it."""
        counts = stored["by_code"].items()
        return cls(stored["rows_done"], {UndoCode(code): n for code, n in counts})

    def stored(self) -> dict[str, Any]:
        return {"rows_done": self.rows_done, "by_code": dict(self.by_code)}

    def plus(self, rows_done: int, by_code: Mapping[UndoCode, int]) -> "Undoing":
        return Undoing(self.rows_done + rows_done, Counter(self.by_code) + Counter(by_code))

    def count(self, outcome: UndoOutcome) -> int:
        return sum(n for code, n in self.by_code.items() if code.outcome is outcome)


NOTHING_UNDONE = Undoing(0, {})


@dataclass(frozen=True, slots=True)
class Import:
    """A stored import."""

    id: ImportId
    campaign_id: CampaignId | None
    suppresses: SuppressionKind | None
    source: ImportSource
    upload_id: UploadId | None
    format: dict[str, Any] | None
    preview: dict[str, Any] | None
    selection: dict[str, Any] | None
    state: ImportState
    revision: int
    run: int
    push: str | None
    settings: dict[str, Any]
    rows_total: int
    rows_done: int
    cursor: dict[str, Any] | None
    tally: Tally
    by_normalisation: dict[str, int]
    in_the_way: InTheWay
    working_s: float
    undo: Undoing | None
    job_id: JobId | None
    error: str | None
    created_by: KeyId | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    ledger_removed_at: datetime | None
    wish: Wish | None = None
    """What somebody asked of it while it runs; whoever works on it grants it after the chunk."""
    settled: bool = False
    """Of what was just asked nothing is left to do."""

    @property
    def is_dry_run(self) -> bool:
        return bool(self.settings.get("dry_run"))

    def has_ledger(self, retention_days: int, now: datetime) -> bool:
        """Are its rows kept? Too old is gone, whether or not the job that removes them has come."""
        is_removed = self.ledger_removed_at is not None
        return not (is_removed or is_ledger_expired(self.finished_at, retention_days, now))


@dataclass(frozen=True, slots=True)
class NewImport:
    """A draft: what is decided before its rows are read.

    A file has an ``upload_id`` and a ``format``, everything else a ``selection``.
    """

    campaign_id: CampaignId | None
    source: ImportSource
    settings: dict[str, Any]
    created_by: KeyId
    preview: Mapping[str, Any]
    upload_id: UploadId | None = None
    format: Mapping[str, Any] | None = None
    selection: Mapping[str, Any] | None = None
    suppresses: SuppressionKind | None = None


@dataclass(frozen=True, slots=True)
class Advance:
    """How far an import is after a chunk; counts are those of the whole run."""

    state: ImportState
    rows_total: int
    rows_done: int
    cursor: Mapping[str, Any]
    tally: Tally
    by_normalisation: Mapping[str, int]
    in_the_way: InTheWay
    took_s: float
    settings: Mapping[str, Any]
    """What turned out otherwise than it was asked for: the scope that the floor raised."""


class LedgerRow(NamedTuple):
    """A line of the ledger.

    Rows count from 1. ``detail`` is null for a row that went in as it was given.
    """

    row: int
    email: str | None
    lead_id: LeadId | None
    code: Code
    detail: dict[str, Any] | None
    line: int | None = None
    taken: bool | None = None
    linkedin_key: str | None = None
    before: Mapping[str, Any] | None = None
    undo: UndoCode | None = None


class RefusedRow(NamedTuple):
    """A line of a row that did not get in, with what was sent.

    ``is_wire``: it is a lead as in a batch; else a row of a file, by column.
    """

    import_id: ImportId
    row: int
    code: Code
    reason: str | None
    given: dict[str, Any]
    is_wire: bool


@dataclass(frozen=True, slots=True)
class Push:
    """All that was sent under one name. ``ledgers``: of how many imports the rows are kept."""

    name: str
    imports: int
    ledgers: int
    by_state: dict[str, int]
    tally: Tally
    undo: Undoing | None
    """Of all those together that are undone, or begun to be."""
    first_at: datetime
    last_at: datetime
    settled: bool = False
    """Of what was just asked nothing is left to do."""

"""The imports themselves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from app import models
from app.imports.errors import ImportNotFound
from app.imports.rules import Tally
from app.kit.db import Tx
from app.kit.documents import written
from app.values import (
    CampaignId,
    ImportId,
    ImportSource,
    ImportState,
    JobId,
    KeyId,
    UploadId,
    Wish,
    WorkspaceId,
)

RECORD = """
insert into imports
    (workspace_id, id, campaign_id, source, state, push, settings,
     rows_total, rows_done, by_code, created_by, started_at, finished_at)
values
    ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $8, $9::jsonb, $10, now(), now())
"""

# Whoever holds the lease is the only one to write a running import, so its totals are plain values.
ADVANCE = """
update imports
set state = $4::text, revision = revision + 1,
    rows_total = greatest($5::bigint, $6::bigint), rows_done = $6::bigint,
    cursor = $7::jsonb, by_code = $8::jsonb, by_normalisation = $9::jsonb,
    working_s = working_s + $10::float8, settings = settings || $11::jsonb,
    finished_at = case when $4::text = 'completed' then now() end
where workspace_id = $1 and id = $2 and job_id = $3 and state = 'running'
returning revision
"""

TAKE_UP = """
update imports
set state = 'running', revision = revision + 1, rows_total = $4, error = null,
    started_at = coalesce(started_at, now())
where workspace_id = $1 and id = $2 and job_id = $3 and state in ('queued', 'running')
returning id
"""

MOVE = """
update imports
set state = $4::text, revision = revision + 1, job_id = coalesce($5::bigint, job_id), error = $6,
    finished_at = case when $7::bool then now() end
where workspace_id = $1 and id = $2 and state = any($3::text[])
returning id
"""

# A run begins at 0, and goes by the settings that hold now; revisions go on.
BEGIN_RUN = """
update imports
set state = 'queued', revision = revision + 1, run = run + $4::int, job_id = $5,
    settings = $6::jsonb, rows_done = 0, cursor = null, by_code = '{}', by_normalisation = '{}',
    working_s = 0, error = null, started_at = null, finished_at = null, push = $7
where workspace_id = $1 and id = $2 and state = any($3::text[])
returning id
"""

WISH = "select wish from jobs where workspace_id = $1 and id = $2 and state = 'running'"

TABLE = models.Import
IMPORT_COLUMNS = (
    TABLE.id,
    TABLE.campaign_id,
    TABLE.source,
    TABLE.origin,
    TABLE.upload_id,
    TABLE.format,
    TABLE.preview,
    TABLE.state,
    TABLE.revision,
    TABLE.run,
    TABLE.push,
    TABLE.settings,
    TABLE.rows_total,
    TABLE.rows_done,
    TABLE.cursor,
    TABLE.by_code,
    TABLE.by_normalisation,
    TABLE.working_s,
    TABLE.job_id,
    TABLE.undo,
    TABLE.error,
    TABLE.created_by,
    TABLE.created_at,
    TABLE.started_at,
    TABLE.finished_at,
    TABLE.ledger_removed_at,
)


@dataclass(frozen=True, slots=True)
class Import:
    """A stored import. ``campaign_id`` is None for one onto a suppression list."""

    id: ImportId
    campaign_id: CampaignId | None
    source: ImportSource
    origin: dict[str, Any]
    upload_id: UploadId | None
    format: dict[str, Any] | None
    preview: dict[str, Any] | None
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
    working_s: float
    job_id: JobId | None
    undo: dict[str, Any] | None
    error: str | None
    created_by: KeyId | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    ledger_removed_at: datetime | None
    wish: Wish | None = None
    """What somebody asked of it while it runs; whoever works on it grants it after the chunk."""

    @property
    def is_dry_run(self) -> bool:
        return bool(self.settings.get("dry_run"))


@dataclass(frozen=True, slots=True)
class NewImport:
    """What is decided before anything is read."""

    campaign_id: CampaignId | None
    source: ImportSource
    settings: dict[str, Any]
    created_by: KeyId
    origin: Mapping[str, Any]
    upload_id: UploadId | None = None
    format: Mapping[str, Any] | None = None
    preview: Mapping[str, Any] | None = None
    push: str | None = None
    rows_total: int = 0


@dataclass(frozen=True, slots=True)
class Advance:
    """How far an import is after a chunk; counts are those of the whole run."""

    state: ImportState
    rows_total: int
    rows_done: int
    cursor: Mapping[str, Any]
    tally: Tally
    by_normalisation: Mapping[str, int]
    took_s: float
    settings: Mapping[str, Any]
    """What turned out otherwise than it was asked for: the scope that the floor raised."""


class ImportRepository:
    """The imports of one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def next_id(self) -> ImportId:
        """Taken before the rows are written, which name it."""
        rows = await self._tx.rows("select nextval('imports_id_seq') id")
        return ImportId(rows[0]["id"])

    async def record(
        self,
        import_id: ImportId,
        campaign_id: CampaignId,
        *,
        push: str | None,
        settings: dict[str, Any],
        tally: Tally,
        created_by: KeyId,
    ) -> None:
        """A batch's import: it is over when it is written."""
        await self._tx.rows(
            RECORD,
            self._workspace_id,
            import_id,
            campaign_id,
            ImportSource.API.value,
            ImportState.COMPLETED.value,
            push,
            written(settings),
            tally.rows(),
            written(tally.stored()),
            created_by,
        )

    async def add(self, new: NewImport) -> Import:
        """A draft."""
        made = await self._tx.execute(
            insert(TABLE)
            .values(
                workspace_id=self._workspace_id,
                campaign_id=new.campaign_id,
                source=new.source,
                state=ImportState.DRAFT,
                settings=new.settings,
                created_by=new.created_by,
                origin=dict(new.origin),
                upload_id=new.upload_id,
                format=new.format,
                preview=new.preview,
                push=new.push,
                rows_total=new.rows_total,
            )
            .returning(*IMPORT_COLUMNS)
        )
        return _import(made.one())

    async def get(self, import_id: ImportId, *, for_change: bool = False) -> Import:
        """``for_change`` holds it, so that what is decided of it holds. Raises ImportNotFound."""
        query = select(*IMPORT_COLUMNS).where(
            TABLE.workspace_id == self._workspace_id, TABLE.id == import_id
        )
        if for_change:
            query = query.with_for_update(key_share=True)
        row = (await self._tx.execute(query)).one_or_none()
        if row is None:
            raise ImportNotFound
        return _import(row)

    async def wish(self, job_id: JobId) -> Wish | None:
        """What is asked of the job that works on an import."""
        rows = await self._tx.rows(WISH, self._workspace_id, job_id)
        return Wish(rows[0]["wish"]) if rows and rows[0]["wish"] else None

    async def newest(
        self,
        *,
        campaign_id: CampaignId | None,
        state: ImportState | None,
        before: int | None,
        limit: int,
    ) -> list[Import]:
        """Imports, newest first, those below ``before``."""
        query = select(*IMPORT_COLUMNS).where(TABLE.workspace_id == self._workspace_id)
        if campaign_id is not None:
            query = query.where(TABLE.campaign_id == campaign_id)
        if state is not None:
            query = query.where(TABLE.state == state)
        if before is not None:
            query = query.where(TABLE.id < before)
        found = await self._tx.execute(query.order_by(TABLE.id.desc()).limit(limit))
        return [_import(row) for row in found]

    async def decide(self, import_id: ImportId, settings: dict[str, Any]) -> None:
        """Of a draft that is held."""
        await self._tx.rows(
            "update imports set settings = $3::jsonb, push = $4, revision = revision + 1"
            " where workspace_id = $1 and id = $2",
            self._workspace_id,
            import_id,
            written(settings),
            settings.get("push"),
        )

    async def begin_run(
        self,
        import_id: ImportId,
        states: Iterable[ImportState],
        job_id: JobId,
        settings: dict[str, Any],
        *,
        anew: bool,
    ) -> bool:
        """Queue a run from its first row; ``anew`` after one that was a dry run."""
        return await self._changed(
            BEGIN_RUN,
            import_id,
            [state.value for state in states],
            anew,
            job_id,
            written(settings),
            settings.get("push"),
        )

    async def move(
        self,
        import_id: ImportId,
        states: Iterable[ImportState],
        to: ImportState,
        *,
        job_id: JobId | None = None,
        error: str | None = None,
    ) -> bool:
        """From one of these states into another. False if it is in none of them any more."""
        ended = to in (
            ImportState.COMPLETED,
            ImportState.FAILED,
            ImportState.CANCELLED,
            ImportState.UNDONE,
        )
        return await self._changed(
            MOVE, import_id, [state.value for state in states], to.value, job_id, error, ended
        )

    async def take_up(self, import_id: ImportId, job_id: JobId, rows_total: int) -> bool:
        """It runs. False if this job is not, or not any more, the one that works on it."""
        return await self._changed(TAKE_UP, import_id, job_id, rows_total)

    async def advance(self, import_id: ImportId, job_id: JobId, to: Advance) -> bool:
        """After a chunk, in its transaction. False as with ``take_up``."""
        return await self._changed(
            ADVANCE,
            import_id,
            job_id,
            to.state.value,
            to.rows_total,
            to.rows_done,
            written(to.cursor),
            written(to.tally.stored()),
            written(to.by_normalisation),
            to.took_s,
            written(to.settings),
        )

    async def _changed(self, sql: str, *arguments: Any) -> bool:
        return bool(await self._tx.rows(sql, self._workspace_id, *arguments))


def _import(row: Any) -> Import:
    columns = dict(row._mapping)  # noqa: SLF001  # its public name
    columns["tally"] = Tally.read(columns.pop("by_code"))
    columns["source"] = ImportSource(columns["source"])
    columns["state"] = ImportState(columns["state"])
    return Import(**columns)

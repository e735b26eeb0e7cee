"""How an import goes from state to state, and from chunk to chunk."""

from collections.abc import Iterable, Sequence
from typing import Any

from app.imports.records import Advance, Undoing, topic_of
from app.imports.states import ENDED
from app.kit.db import Tx
from app.kit.documents import written
from app.values import ImportId, ImportState, JobId, WorkspaceId

MOVE = """
update imports
set state = $4::text, revision = revision + 1, job_id = coalesce($5::bigint, job_id), error = $6,
    finished_at = case when $7::bool then now() end
where workspace_id = $1 and id = $2 and state = any($3::text[])
returning id
"""

# A run begins at 0, and goes by the settings that hold now; revisions go on.
BEGIN = """
update imports
set state = 'queued', revision = revision + 1, run = run + $4::int, job_id = $5,
    settings = $6::jsonb, rows_done = 0, cursor = null, by_code = '{}', by_normalisation = '{}',
    in_the_way = '[]', working_s = 0, error = null, started_at = null, finished_at = null
where workspace_id = $1 and id = $2 and state = $3
returning id
"""

TAKE_UP = """
update imports
set state = 'running', revision = revision + 1, rows_total = $4, error = null,
    started_at = coalesce(started_at, now())
where workspace_id = $1 and id = $2 and job_id = $3 and state in ('queued', 'running')
returning id
"""

DELAY = """
update imports
set state = 'queued', revision = revision + 1, error = $4
where workspace_id = $1 and id = $2 and job_id = $3 and state in ('queued', 'running')
returning id
"""

# Whoever holds the lease is the only one to write a running import, so its totals are plain values.
ADVANCE = """
update imports
set state = $4::text, revision = revision + 1,
    rows_total = greatest($5::bigint, $6::bigint), rows_done = $6::bigint,
    cursor = $7::jsonb, by_code = $8::jsonb, by_normalisation = $9::jsonb,
    working_s = working_s + $10::float8, settings = settings || $11::jsonb,
    in_the_way = $12::jsonb,
    finished_at = case when $4::text = 'completed' then now() end
where workspace_id = $1 and id = $2 and job_id = $3 and state = 'running'
returning id
"""

UNDO = """
update imports
set state = 'undoing', revision = revision + 1, job_id = $4, error = null, finished_at = null,
    undo = coalesce(undo, '{"rows_done": 0, "by_code": {}}')
where workspace_id = $1 and id = any($2::bigint[]) and state = any($3::text[])
returning id
"""

FAIL_UNDO = """
update imports
set state = 'failed', revision = revision + 1, error = $3, finished_at = now()
where workspace_id = $1 and job_id = $2 and state = 'undoing' and id = coalesce($4::bigint, id)
returning id
"""

ADVANCE_UNDO = """
update imports
set state = $4::text, revision = revision + 1, undo = $5::jsonb,
    finished_at = case when $4::text = 'undone' then now() end
where workspace_id = $1 and id = $2 and job_id = $3 and state = 'undoing'
returning id
"""


class RunRepository:
    """The runs of one workspace's imports. Everything says whether it changed anything."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def begin(
        self,
        import_id: ImportId,
        state: ImportState,
        job_id: JobId,
        settings: dict[str, Any],
        *,
        anew: bool,
    ) -> bool:
        """Queue a run from its first row; ``anew`` after one that was a dry run."""
        return await self._changed(BEGIN, import_id, state, anew, job_id, written(settings))

    async def move(
        self,
        import_id: ImportId,
        states: Iterable[ImportState],
        to: ImportState,
        *,
        job_id: JobId | None = None,
        error: str | None = None,
    ) -> bool:
        """From one of these states into another."""
        given = [state.value for state in states]
        return await self._changed(MOVE, import_id, given, to, job_id, error, to in ENDED)

    async def take_up(self, import_id: ImportId, job_id: JobId, rows_total: int) -> bool:
        """It runs; unless this job is not, or not any more, the one that works on it."""
        return await self._changed(TAKE_UP, import_id, job_id, rows_total)

    async def delay(self, import_id: ImportId, job_id: JobId, why: str) -> bool:
        """It waits for another try; unless as with ``take_up``."""
        return await self._changed(DELAY, import_id, job_id, why)

    async def advance(self, import_id: ImportId, job_id: JobId, to: Advance) -> bool:
        """After a chunk, in its transaction; unless as with ``take_up``."""
        return await self._changed(
            ADVANCE,
            import_id,
            job_id,
            to.state,
            to.rows_total,
            to.rows_done,
            written(to.cursor),
            written(to.tally.stored()),
            written(to.by_normalisation),
            to.took_s,
            written(to.settings),
            written(to.in_the_way.stored()),
        )

    async def undo(
        self, import_ids: Iterable[ImportId], states: Iterable[ImportState], job_id: JobId
    ) -> None:
        """Those in one of these states; where an undoing that failed was, it goes on."""
        given = [state.value for state in states]
        self._tell(await self._tx.rows(UNDO, self._workspace_id, list(import_ids), given, job_id))

    async def fail_undo(self, job_id: JobId, error: str, import_id: ImportId | None = None) -> None:
        """One, or all that wait for this job."""
        self._tell(await self._tx.rows(FAIL_UNDO, self._workspace_id, job_id, error, import_id))

    async def advance_undo(
        self, import_id: ImportId, job_id: JobId, to: Undoing, *, is_last: bool
    ) -> bool:
        """After a chunk, in its transaction; unless this job is not the one that works on it."""
        state = ImportState.UNDONE if is_last else ImportState.UNDOING
        return await self._changed(ADVANCE_UNDO, import_id, job_id, state, written(to.stored()))

    async def _changed(self, sql: str, import_id: ImportId, *arguments: Any) -> bool:
        return self._tell(await self._tx.rows(sql, self._workspace_id, import_id, *arguments))

    def _tell(self, changed: Sequence[Any]) -> bool:
        """Those who watch them; gives whether there are any."""
        self._tx.changed.update(topic_of(self._workspace_id, row["id"]) for row in changed)
        return bool(changed)

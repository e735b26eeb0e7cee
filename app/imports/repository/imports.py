"""The imports themselves: made, read, and decided."""

from typing import Any

from sqlalchemy import Select, insert, literal_column, null, select

from app import models
from app.imports.errors import ImportNotFound
from app.imports.in_the_way import InTheWay
from app.imports.records import Import, NewImport, Undoing, topic_of
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
    SuppressionKind,
    Wish,
    WorkspaceId,
)

RECORD = """
insert into imports
    (workspace_id, id, campaign_id, source, state, push, settings,
     rows_total, rows_done, by_code, in_the_way, created_by, started_at, finished_at)
values
    ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $8, $9::jsonb, $10::jsonb, $11, now(), now())
"""

DECIDE = """
update imports set settings = $3::jsonb, push = $4, revision = revision + 1,
    preview = coalesce($5::jsonb, preview)
where workspace_id = $1 and id = $2
"""

WISH = "select wish from jobs where workspace_id = $1 and id = $2 and state = 'running'"

TABLE = models.Import
IMPORT_COLUMNS = (
    TABLE.id,
    TABLE.campaign_id,
    TABLE.suppresses,
    TABLE.source,
    TABLE.upload_id,
    TABLE.format,
    TABLE.preview,
    TABLE.selection,
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
    TABLE.in_the_way,
    TABLE.working_s,
    TABLE.undo,
    TABLE.job_id,
    TABLE.error,
    TABLE.created_by,
    TABLE.created_at,
    TABLE.started_at,
    TABLE.finished_at,
    TABLE.ledger_removed_at,
)
LARGE = (TABLE.preview, TABLE.selection)
LISTED = tuple(
    null().label(column.key) if any(column is one for one in LARGE) else column
    for column in IMPORT_COLUMNS
)


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
        in_the_way: InTheWay,
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
            written(in_the_way.stored()),
            created_by,
        )

    async def add(self, new: NewImport) -> Import:
        made = await self._tx.execute(
            insert(TABLE)
            .values(
                workspace_id=self._workspace_id,
                campaign_id=new.campaign_id,
                suppresses=new.suppresses,
                source=new.source,
                state=ImportState.DRAFT,
                settings=new.settings,
                created_by=new.created_by,
                upload_id=new.upload_id,
                format=new.format,
                preview=new.preview,
                selection=new.selection,
                push=new.settings["push"],
            )
            .returning(*IMPORT_COLUMNS)
        )
        return _import(made.one())

    async def get(self, import_id: ImportId, *, for_change: bool = False) -> Import:
        """``for_change`` holds it, so that what is decided of it holds. Raises ImportNotFound."""
        query = select(*IMPORT_COLUMNS).where(TABLE.id == import_id)
        return await self._one(query.with_for_update(key_share=True) if for_change else query)

    async def watched(self, import_id: ImportId) -> Import:
        """Without what never changes, its preview and selection. Raises ImportNotFound."""
        return await self._one(select(*LISTED).where(TABLE.id == import_id))

    async def _one(self, query: Select[*tuple[Any, ...]]) -> Import:
        found = await self._tx.execute(query.where(TABLE.workspace_id == self._workspace_id))
        row = found.one_or_none()
        if row is None:
            raise ImportNotFound
        return _import(row)

    async def undoing(self, job_id: JobId) -> Import | None:
        """The newest of those that this job undoes, as it is listed."""
        query = select(*LISTED).where(
            TABLE.workspace_id == self._workspace_id,
            TABLE.job_id == job_id,
            TABLE.state == literal_column("'undoing'"),  # as the index says it
        )
        row = (await self._tx.execute(query.order_by(TABLE.id.desc()).limit(1))).one_or_none()
        return _import(row) if row else None

    async def wish(self, job_id: JobId) -> Wish | None:
        """What is asked of the job that works on an import."""
        rows = await self._tx.rows(WISH, self._workspace_id, job_id)
        return Wish(rows[0]["wish"]) if rows and rows[0]["wish"] else None

    async def newest(
        self,
        *,
        campaign_id: CampaignId | None = None,
        state: ImportState | None = None,
        push: str | None = None,
        before: int | None = None,
        limit: int,
    ) -> list[Import]:
        """Imports without previews and selections, newest first, those below ``before``."""
        query = select(*LISTED).where(TABLE.workspace_id == self._workspace_id)
        if campaign_id is not None:
            query = query.where(TABLE.campaign_id == campaign_id)
        if state is not None:
            query = query.where(TABLE.state == state)
        if push is not None:
            query = query.where(TABLE.push == push)
        if before is not None:
            query = query.where(TABLE.id < before)
        found = await self._tx.execute(query.order_by(TABLE.id.desc()).limit(limit))
        return [_import(row) for row in found]

    async def decide(
        self, import_id: ImportId, settings: dict[str, Any], preview: dict[str, Any] | None
    ) -> None:
        """Of a draft that is held; without a new preview the old one stays."""
        await self._tx.rows(
            DECIDE,
            self._workspace_id,
            import_id,
            written(settings),
            settings["push"],
            preview and written(preview),
        )
        self._tx.changed.add(topic_of(self._workspace_id, import_id))


def _import(row: Any) -> Import:
    columns = dict(row._mapping)  # noqa: SLF001  # its public name
    columns["tally"] = Tally.read(columns.pop("by_code"))
    columns["in_the_way"] = InTheWay.read(columns["in_the_way"])
    columns["source"] = ImportSource(columns["source"])
    columns["state"] = ImportState(columns["state"])
    columns["suppresses"] = columns["suppresses"] and SuppressionKind(columns["suppresses"])
    columns["undo"] = Undoing.read(columns["undo"]) if columns["undo"] else None
    return Import(**columns)

"""Uploads, as rows; their files are in the storage."""

from collections.abc import Sequence
from dataclasses import asdict

from app.kit.db import Database, Tx
from app.uploads.errors import UploadNotFound
from app.uploads.rules import Stored, Upload
from app.values import UploadId, WorkspaceId

RECORD = """
insert into uploads (
    workspace_id, id, name, size_bytes, sha256, packed_as, text_bytes, created_by, sheet,
    other_sheets)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
returning created_at
"""
FIND = """
select id, name, size_bytes, sha256, packed_as, text_bytes, created_by, sheet, other_sheets,
       created_at
from uploads where workspace_id = $1 and id = $2
"""
UNRECORDED = """
select given.workspace_id, given.id
from unnest($1::bigint[], $2::bigint[]) given (workspace_id, id)
where not exists (
    select from uploads u where u.workspace_id = given.workspace_id and u.id = given.id)
"""


class UploadRepository:
    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def record(self, stored: Stored) -> Upload:
        """Makes an upload of a file that lies in the storage."""
        fields = asdict(stored)
        [row] = await self._tx.rows(RECORD, self._workspace_id, *fields.values())
        return Upload(**fields, created_at=row["created_at"])

    async def get(self, upload_id: UploadId) -> Upload:
        """Raises UploadNotFound."""
        return await self._found(FIND, upload_id)

    async def hold(self, upload_id: UploadId) -> Upload:
        """It stays until the transaction ends, for somebody who writes that they use it.

        Raises UploadNotFound.
        """
        return await self._found(f"{FIND} for key share", upload_id)

    async def _found(self, sql: str, upload_id: UploadId) -> Upload:
        rows = await self._tx.rows(sql, self._workspace_id, upload_id)
        if not rows:
            raise UploadNotFound
        return Upload(**rows[0])


async def next_upload_id(database: Database) -> UploadId:
    """Taken before the file is stored, whose path it is."""
    [row] = await database.fetch("select nextval('uploads_id_seq') id")
    return UploadId(row["id"])


async def unrecorded(
    database: Database, files: Sequence[tuple[WorkspaceId, UploadId]]
) -> list[tuple[WorkspaceId, UploadId]]:
    """Across workspaces: those that are no uploads."""
    workspaces, ids = [of for of, _ in files], [an_id for _, an_id in files]
    rows = await database.fetch(UNRECORDED, workspaces, ids)
    return [(WorkspaceId(row["workspace_id"]), UploadId(row["id"])) for row in rows]

"""Read the audit log."""

from fastapi import APIRouter

from app.audit.repository import AuditRepository
from app.audit.schemas import AuditLogOut
from app.deps import Admin, KeyedRoute, PageParams, ReadTx, problems
from app.kit.pages import InvalidCursor

router = APIRouter(tags=["Audit"], route_class=KeyedRoute)


@router.get("/audit", responses=problems(InvalidCursor))
async def list_audit_entries(caller: Admin, tx: ReadTx, page: PageParams) -> AuditLogOut:
    """Who did what in the workspace, newest first: policy, keys, deletions, flags passed over."""
    return AuditLogOut.of(await AuditRepository(tx, caller.workspace_id).latest(page))

"""The workspace, its policy and its keys."""

from typing import Annotated

from fastapi import APIRouter, Path

from app.deps import (
    Admin,
    AdminUnit,
    AppResources,
    KeyedRoute,
    PageParams,
    Reader,
    ReadTx,
    problems,
)
from app.kit.fields import BIGGEST
from app.kit.pages import InvalidCursor
from app.values import KeyId
from app.workspaces import operations
from app.workspaces.errors import KeyNotFound, LastAdminKey
from app.workspaces.repository import WorkspaceRepository
from app.workspaces.rules import Workspace
from app.workspaces.schemas.keys import IssuedKeyOut, KeyIn, KeysOut, MeOut, RevokedOut
from app.workspaces.schemas.workspace import PresetIn, WorkspaceIn, WorkspaceOut

router = APIRouter(tags=["Workspace"], route_class=KeyedRoute)

KeyPath = Annotated[KeyId, Path(ge=1, le=BIGGEST, description="The key's id.")]


@router.get("/me", responses=problems())
async def get_me(caller: Reader) -> MeOut:
    """Whose key this is: its workspace, scope and defaults."""
    return MeOut.of(caller)


@router.get("/workspace", responses=problems())
async def get_workspace(caller: Reader) -> WorkspaceOut:
    """The workspace and its policy: who may enter a campaign, which doors are closed."""
    return WorkspaceOut.of(Workspace(caller.workspace_id, caller.workspace_name, caller.policy))


@router.patch("/workspace", responses=problems())
async def update_workspace(body: WorkspaceIn, unit: AdminUnit) -> WorkspaceOut:
    """Change the name or the policy; takes an admin key, and is audited.

    `floor` is what no request can go below: everybody uses the same setting.
    """
    return await unit.run(operations.change_workspace, body.given(), answer=WorkspaceOut.of)


@router.put("/workspace/preset", responses=problems())
async def choose_preset(body: PresetIn, unit: AdminUnit) -> WorkspaceOut:
    """Write default scope, floor and all switches as a system that people know has them."""
    return await unit.run(operations.change_workspace, body.given(), answer=WorkspaceOut.of)


@router.get("/keys", responses=problems(InvalidCursor))
async def list_keys(caller: Admin, tx: ReadTx, page: PageParams) -> KeysOut:
    """The workspace's keys, newest first, without those that were revoked."""
    return KeysOut.of(await WorkspaceRepository(tx, caller.workspace_id).keys(page))


@router.post("/keys", responses=problems())
async def create_key(body: KeyIn, unit: AdminUnit, resources: AppResources) -> IssuedKeyOut:
    """Make a key. Its text is in this answer and nowhere else: only a hash is kept."""
    return await unit.run(
        operations.issue_key, resources.settings, body.to_terms(), answer=IssuedKeyOut.issued
    )


@router.delete("/keys/{key_id}", responses=problems(KeyNotFound, LastAdminKey))
async def revoke_key(key_id: KeyPath, unit: AdminUnit) -> RevokedOut:
    """Revoke a key: it is answered 401 at once. The last admin key stays, with a 409."""
    return await unit.run(operations.revoke_key, key_id, answer=RevokedOut.of)

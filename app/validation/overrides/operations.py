"""Change what a workspace knows better, and have its addresses judged by it."""

from collections.abc import Mapping, Sequence

from app.audit.operations import record_many
from app.audit.rules import Change
from app.kit.db import Tx
from app.kit.jobs import queue_all
from app.validation.jobs import JudgeAgain
from app.validation.overrides.errors import MOST_OVERRIDES, TooManyOverrides
from app.validation.overrides.repository import OverrideRepository
from app.validation.overrides.rules import Place
from app.workspaces.repository import WorkspaceRepository
from app.workspaces.rules import Caller


async def put_overrides(tx: Tx, caller: Caller, wanted: Mapping[Place, bool]) -> int:
    """Gives how many were changed by it. Raises TooManyOverrides."""
    await WorkspaceRepository(tx, caller.workspace_id).hold()
    overrides = OverrideRepository(tx, caller.workspace_id)
    changed = await overrides.put(wanted)
    if await overrides.count() > MOST_OVERRIDES:
        raise TooManyOverrides
    changes = [Change(_target(place), after={"listed": on}) for place, on in changed.items()]
    return await _changed(tx, caller, "override.put", changes)


async def remove_overrides(tx: Tx, caller: Caller, places: Sequence[Place]) -> int:
    """The shared lists hold again. Gives how many were there."""
    await WorkspaceRepository(tx, caller.workspace_id).hold()
    removed = await OverrideRepository(tx, caller.workspace_id).remove(places)
    changes = [Change(_target(place), before={"listed": on}) for place, on in removed.items()]
    return await _changed(tx, caller, "override.removed", changes)


async def _changed(tx: Tx, caller: Caller, action: str, changes: Sequence[Change]) -> int:
    if changes:
        await OverrideRepository(tx, caller.workspace_id).raise_revision()
        await record_many(tx, caller, action, changes)
        await queue_all(tx, [JudgeAgain(caller.workspace_id)], singleton=True)
    return len(changes)


def _target(place: Place) -> str:
    return f"override:{place.list}:{place.entry}"

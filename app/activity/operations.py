"""Keep what happened."""

from collections.abc import Sequence

from app.activity.repository import ActivityRepository
from app.activity.rules import LeadEvent
from app.kit.db import Tx
from app.values import WorkspaceId


async def record(tx: Tx, workspace_id: WorkspaceId, events: Sequence[LeadEvent]) -> None:
    """Write events in the transaction of what they tell of; however many, in one statement."""
    if events:
        await ActivityRepository(tx, workspace_id).record(events)

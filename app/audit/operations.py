"""Write down who did what, in the transaction that does it."""

from collections.abc import Iterable
from typing import Any

from app.audit.repository import AuditRepository
from app.audit.rules import Actor, Change
from app.kit.db import Tx


async def record(
    tx: Tx, actor: Actor, action: str, target: str, before: Any = None, after: Any = None
) -> None:
    """One line. ``action`` is ``noun.past`` (``key.revoked``), ``target`` ``noun:id``."""
    await record_many(tx, actor, action, [Change(target, before, after)])


async def record_many(tx: Tx, actor: Actor, action: str, changes: Iterable[Change]) -> None:
    """The same action on many targets, in one statement; nothing for nothing."""
    if told := list(changes):
        await AuditRepository(tx, actor.workspace_id).add(actor.key_id, action, told)

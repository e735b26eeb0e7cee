"""Who waits for a provider to look at their mailbox, each in one statement."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from app.kit.db import Tx
from app.leads.repository.waiting import WAITING, waiting_of
from app.leads.rules.validating import RETRY_DELAYS, Waiting
from app.values import WorkspaceId

# Along the index, and by their place in the table. Whoever is being changed just now comes later,
# here and below: so nobody waits in a circle.
LEASE = f"""
with due as materialized (
    select ctid place, lead_id from unvalidated
    where workspace_id = $1 and stage = 'mailbox' and due_at <= now()
    order by due_at, domain limit $2 for update skip locked)
update unvalidated u
set tries = u.tries + 1,
    due_at = now() + ($3::interval[])[least(u.tries + 1, cardinality($3::interval[]))]
from due
cross join lateral (
    select email from leads where workspace_id = $1 and id = due.lead_id offset 0) l
where u.ctid = due.place
returning {WAITING}, l.email
"""  # noqa: S608  # column names of ours

RELEASE = """
with gone as (
    delete from unvalidated where ctid = any(array(
        select ctid from unvalidated
        where workspace_id = $1 and stage = 'mailbox' order by due_at, domain limit $2
        for update skip locked))
    returning 1)
select count(*) n from gone
"""


class Leased(NamedTuple):
    """Somebody, and the address that they had when it was read."""

    waiting: Waiting
    email: str


class VerifyingRepository:
    """The queue of one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def lease(self, most: int, delays: Iterable[timedelta] = RETRY_DELAYS) -> list[Leased]:
        """Those whose time has come, as if they had been tried in vain: so they wait for the next
        try if whoever asks for them is killed.
        """
        rows = await self._tx.rows(LEASE, self._workspace_id, most, list(delays))
        return [Leased(waiting_of(row), row["email"]) for row in rows]

    async def release(self, most: int) -> int:
        """Nobody is to be asked: what is known of their domains holds. Gives how many."""
        [row] = await self._tx.rows(RELEASE, self._workspace_id, most)
        released: int = row["n"]
        return released

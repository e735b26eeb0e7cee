"""Who waits to be checked, each question about them in one statement."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from app.kit.db import Tx
from app.kit.documents import written
from app.leads.rules.validating import Place, Waiting
from app.values import LeadId, ValidationLevel, ValidationReason, WorkspaceId

# Plans that are made for a chunk of some size go along the queue instead, where statistics of a
# moment when it was empty say that nobody is in it: half a minute for one statement.
KEPT_PLANS = "select set_config('plan_cache_mode', 'force_generic_plan', true)"

OF_WAITING = ("domain", "tries", "due_at", "given", "stage", "anew", "reason")
WAITING = f"u.lead_id, {', '.join(f'u.{name}' for name in OF_WAITING)}"
WAIT_ANEW = f"""
on conflict (workspace_id, lead_id) do update
set {", ".join(f"{name} = excluded.{name}" for name in OF_WAITING)}
"""
"""Of what they waited for before nothing stays."""

# Along the index from where the last chunk ended: what was taken leaves it when it is vacuumed.
DUE = f"""
select {WAITING} from unvalidated u
where workspace_id = $1 and stage = 'domain' and (due_at, domain) > ($2, $3) and due_at <= now()
order by due_at, domain limit $4
"""  # noqa: S608  # column names of ours

TAKE = f"""
delete from unvalidated u
using unnest($2::bigint[]) r (lead_id)
cross join lateral (
    select ctid place from unvalidated
    where workspace_id = $1 and lead_id = r.lead_id offset 0) found
where u.ctid = found.place
returning {WAITING}
"""  # noqa: S608  # column names of ours

PUT_BACK = """
insert into unvalidated (
    workspace_id, lead_id, domain, due_at, tries, given, stage, anew, reason)
select $1, r.*
from unnest(
    $2::bigint[], $3::text[], $4::timestamptz[], $5::int[], $6::jsonb[], $7::text[], $8::bool[],
    $9::text[]) r
"""

GIVE = f"""
insert into unvalidated (workspace_id, lead_id, domain, given)
select $1, l.id, split_part(l.email, '@', 2), r.given
from unnest($2::bigint[], $3::jsonb[]) r (id, given)
cross join lateral (
    select id, email from leads where workspace_id = $1 and id = r.id offset 0) l
{WAIT_ANEW}
"""  # noqa: S608  # text of ours


def _with_due(stage: ValidationLevel) -> str:
    """From one workspace to the next by the index, however many wait in each."""
    queue = f"select workspace_id from unvalidated u where stage = '{stage}'"  # noqa: S608
    return f"""
with recursive found as (
    ({queue} order by workspace_id limit 1)
    union all
    select ({queue} and u.workspace_id > found.workspace_id order by workspace_id limit 1)
    from found where found.workspace_id is not null)
select workspace_id from found
where exists ({queue} and u.workspace_id = found.workspace_id and u.due_at <= now())
order by workspace_id
"""  # noqa: S608  # text of ours


WITH_DUE = {stage: _with_due(stage) for stage in (ValidationLevel.DOMAIN, ValidationLevel.MAILBOX)}


class WaitingRepository:
    """The queue of one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def keep_plans(self) -> None:
        """For the rest of the transaction."""
        await self._tx.rows(KEPT_PLANS)

    async def due(self, place: Place, limit: int) -> list[Waiting]:
        """Whose domains may be asked for now, behind this place, by domain."""
        rows = await self._tx.rows(DUE, self._workspace_id, *place, limit)
        return [waiting_of(row) for row in rows]

    async def take(self, lead_ids: Iterable[LeadId]) -> dict[LeadId, Waiting]:
        """Out of the queue, in the order in which others put them in: whoever is not in it any
        more was checked, or removed, meanwhile.
        """
        rows = await self._tx.rows(TAKE, self._workspace_id, sorted(lead_ids))
        return {LeadId(row["lead_id"]): waiting_of(row) for row in rows}

    async def put_back(self, waiting: Collection[Waiting]) -> None:
        await self._tx.rows(
            PUT_BACK,
            self._workspace_id,
            [one.lead_id for one in waiting],
            [one.domain for one in waiting],
            [one.due_at for one in waiting],
            [one.tries for one in waiting],
            [one.given and written(one.given) for one in waiting],
            [one.stage.value for one in waiting],
            [one.anew for one in waiting],
            [one.reason and one.reason.value for one in waiting],
        )

    async def give(self, given: Mapping[LeadId, Mapping[str, Any]]) -> None:
        """What others said of people who are held: it is stored when their turn comes, at once."""
        lead_ids = sorted(given)
        documents = [written(given[lead_id]) for lead_id in lead_ids]
        await self._tx.rows(GIVE, self._workspace_id, lead_ids, documents)


async def workspaces_with_due(tx: Tx, stage: ValidationLevel) -> list[WorkspaceId]:
    """Across workspaces, in order: where does somebody wait for this whose time has come?"""
    return [WorkspaceId(row["workspace_id"]) for row in await tx.rows(WITH_DUE[stage])]


def waiting_of(row: Any) -> Waiting:
    return Waiting(
        LeadId(row["lead_id"]),
        row["domain"],
        row["tries"],
        row["due_at"],
        row["given"],
        ValidationLevel(row["stage"]),
        row["anew"],
        row["reason"] and ValidationReason(row["reason"]),
    )

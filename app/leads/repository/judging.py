"""What is stored of addresses, read and written to be judged again."""

from collections.abc import Sequence
from typing import Any

from app.kit.db import Tx
from app.leads.rules.judging import Judgement
from app.leads.rules.validating import FLAGS
from app.validation.rules import RULES_VERSION
from app.values import (
    LeadId,
    ValidationLevel,
    ValidationReason,
    ValidationResult,
    WorkspaceId,
)

CHUNK = """
select lead_id, email, result, reason, level, disposable, role, free, privacy_relay, suggestion,
       source, checked_at, evidence -> $4 told
from validations where workspace_id = $1 and lead_id > $2 order by lead_id limit $3
"""

# Of what was stored anew since it was read nothing is overwritten.
WRITE = """
update validations v
set result = r.result, reason = r.reason, disposable = r.disposable, role = r.role, free = r.free,
    privacy_relay = r.privacy_relay, suggestion = r.suggestion, checked_at = r.checked_at,
    rules_version = $2
from unnest(
    $3::bigint[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::bool[], $9::bool[],
    $10::bool[], $11::bool[], $12::text[], $13::timestamptz[])
    r (lead_id, email, read_at, result, reason, disposable, role, free, privacy_relay, suggestion,
       checked_at)
cross join lateral (
    select ctid place from validations
    where workspace_id = $1 and lead_id = r.lead_id and email = r.email
      and checked_at = r.read_at offset 0) found
where v.ctid = found.place
returning v.lead_id, v.email = (
    select email from leads where workspace_id = $1 and id = v.lead_id) holds
"""

NOTE = """
update workspaces set rules_version = greatest(rules_version, $2) where id = $1
"""


class JudgingRepository:
    """The results of one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def chunk(self, after: LeadId, limit: int) -> list[Judgement]:
        """In the order of their leads."""
        rows = await self._tx.rows(CHUNK, self._workspace_id, after, limit, FLAGS)
        return [_judgement(row) for row in rows]

    async def write(self, changed: Sequence[tuple[Judgement, Judgement]]) -> set[LeadId]:
        """Each as it was read, and as it is to be; gives whose were written and have that address
        still.
        """
        rows = await self._tx.rows(
            WRITE,
            self._workspace_id,
            RULES_VERSION,
            [before.lead_id for before, _ in changed],
            [before.email for before, _ in changed],
            [before.checked_at for before, _ in changed],
            [after.result.value for _, after in changed],
            [after.reason.value for _, after in changed],
            [after.disposable for _, after in changed],
            [after.role for _, after in changed],
            [after.free for _, after in changed],
            [after.privacy_relay for _, after in changed],
            [after.suggestion for _, after in changed],
            [after.checked_at for _, after in changed],
        )
        return {LeadId(row["lead_id"]) for row in rows if row["holds"]}

    async def note(self) -> None:
        """All of the workspace was judged by today's rules."""
        await self._tx.rows(NOTE, self._workspace_id, RULES_VERSION)


async def workspaces_judged_before(tx: Tx) -> list[WorkspaceId]:
    """Across workspaces, in order: whose addresses were judged by older rules?"""
    rows = await tx.rows(
        "select id from workspaces where rules_version < $1 order by id", RULES_VERSION
    )
    return [WorkspaceId(row["id"]) for row in rows]


def _judgement(row: Any) -> Judgement:
    return Judgement(
        LeadId(row["lead_id"]),
        row["email"],
        ValidationResult(row["result"]),
        ValidationReason(row["reason"]),
        ValidationLevel(row["level"]),
        row["disposable"],
        row["role"],
        row["free"],
        row["privacy_relay"],
        row["suggestion"],
        row["source"],
        row["checked_at"],
        row["told"] or {},
    )

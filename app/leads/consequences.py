"""What it means for memberships that somebody was found invalid, or is not any more."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.activity import operations as activity
from app.activity.rules import EventSource, EventType, LeadEvent
from app.counters import operations as counters
from app.counters.rules import moved
from app.gate.documents import conflict_document
from app.kit.db import Tx
from app.leads.repository.validating import Member, ValidatingRepository
from app.leads.revive import let_in
from app.leads.rules.transitions import Happening, after
from app.leads.rules.validating import DomainVerdict, GivenVerdict
from app.validation.rules import Finding
from app.values import LeadId, LeadStatus, ValidationResult, WorkspaceId


class Consequences:
    """Of what was found out about people who are held, in all their campaigns."""

    def __init__(
        self,
        tx: Tx,
        workspace_id: WorkspaceId,
        found: Mapping[LeadId, DomainVerdict | GivenVerdict],
    ) -> None:
        self._tx, self._workspace_id, self._found = tx, workspace_id, found
        self._repository = ValidatingRepository(tx, workspace_id)
        self._moves: list[tuple[Member, LeadStatus]] = []
        self._events: list[LeadEvent] = []

    async def store(self) -> None:
        """Move their memberships, count that, and tell of it."""
        members = await self._repository.members(self._found) if self._found else []
        invalid = {m for m in members if self._of(m).result is ValidationResult.INVALID}
        self._stop([m for m in members if m in invalid])
        # Whoever is unverified as well: they would enter any other campaign, and the next result
        # does not tell any more that they were invalid.
        await self._revive([m for m in members if m not in invalid])
        if self._moves:
            await self._repository.move(*zip(*self._moves, strict=True))
            deltas = [d for m, to in self._moves for d in moved(m.campaign_id, m.status, to)]
            await counters.write(self._tx, self._workspace_id, deltas)
        await activity.record(self._tx, self._workspace_id, self._events)

    def _stop(self, members: Sequence[Member]) -> None:
        for member in members:
            status = after(Happening.FOUND_INVALID, member.status)
            if status and status is not member.status:
                self._to(member, status)

    async def _revive(self, members: Sequence[Member]) -> None:
        stopped = [member for member in members if member.revived is not member.status]
        if not stopped:
            return
        for member, conflict in await let_in(self._tx, self._workspace_id, stopped):
            if conflict is None:
                self._to(member, member.revived)
            else:
                told = {"status": member.status, "conflict": conflict_document(conflict)}
                self._tell(member, told)

    def _to(self, member: Member, status: LeadStatus) -> None:
        self._moves.append((member, status))
        self._tell(member, {"from": member.status, "to": status})

    def _tell(self, member: Member, told: Mapping[str, Any]) -> None:
        finding = self._of(member)
        data = {"result": finding.result, "reason": finding.reason, **told}
        self._events.append(
            LeadEvent(
                member.lead_id,
                EventType.VALIDATED,
                EventSource.VALIDATION,
                member.campaign_id,
                data,
            )
        )

    def _of(self, member: Member) -> Finding:
        return self._found[member.lead_id].finding

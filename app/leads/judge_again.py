"""Store what addresses are by today's rules and overrides, in one transaction.

As in ``app.leads.validate`` those whose status may change are held in the order of their
addresses.
"""

from datetime import UTC, datetime

from app.kit.db import Tx
from app.leads.repository.judging import JudgingRepository
from app.leads.rules.progress import topic_of
from app.leads.validate import Storing
from app.validation.repository import known
from app.validation.rules import RULES_VERSION
from app.values import LeadId, ValidationResult, WorkspaceId


class JudgingAgain(Storing):
    """Some who were checked, as far as their results change."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        super().__init__(tx, workspace_id, ())
        self._judgements = JudgingRepository(tx, workspace_id)

    async def terms(self) -> str:
        """By what they are judged, until the end of the transaction."""
        await self._know_better()
        return f"{RULES_VERSION}.{self._known.revision}"

    async def some(self, after: LeadId, most: int) -> LeadId | None:
        """Behind ``after``; gives the last one, or None for nobody."""
        chunk = await self._judgements.chunk(after, most)
        if not chunk:
            return None
        domains = {one.domain for one in chunk if one.is_of_dns}
        verdicts = await self.verdicts(await known(self._tx, domains))
        now = datetime.now(UTC)
        judged = [one.again(verdicts.get(one.domain), self._known.overrides, now) for one in chunk]
        changed = [pair for pair in zip(chunk, judged, strict=True) if pair[0] != pair[1]]
        if changed:
            moving = {
                then.lead_id: verdicts[then.domain]
                for before, then in changed
                if (before.result is ValidationResult.INVALID)
                is not (then.result is ValidationResult.INVALID)
            }
            if moving:
                await self._repository.hold(moving)
            written = await self._judgements.write(changed)
            self._found = {i: verdict for i, verdict in moving.items() if i in written}
            self._held = set(self._found)
            await self._move()
            self._tx.changed.add(topic_of(self._workspace_id))
        return chunk[-1].lead_id

"""Store what addresses are by today's rules and overrides, in one transaction.

As in ``app.leads.validate`` those whose status may change are held in the order of their
addresses.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from app.kit.db import Tx
from app.leads.consequences import Consequences
from app.leads.repository.judging import JudgingRepository
from app.leads.repository.validating import ValidatingRepository
from app.leads.rules.judging import Judgement
from app.leads.rules.progress import topic_of
from app.leads.rules.validating import DomainVerdict
from app.leads.validate import domain_verdicts
from app.validation.overrides.repository import OverrideRepository
from app.validation.overrides.rules import KnownBetter
from app.validation.repository import known
from app.validation.rules import RULES_VERSION
from app.values import LeadId, ValidationResult, WorkspaceId


class JudgingAgain:
    """Some who were checked, as far as their results change."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id
        self._judgements = JudgingRepository(tx, workspace_id)
        self._people = ValidatingRepository(tx, workspace_id)
        self._known = KnownBetter()

    async def terms(self) -> str:
        """By what they are judged, until the end of the transaction."""
        self._known = await OverrideRepository(self._tx, self._workspace_id).held()
        return f"{RULES_VERSION}.{self._known.revision}"

    async def some(self, after: LeadId, most: int) -> LeadId | None:
        """Behind ``after``; gives the last one, or None for nobody."""
        chunk = await self._judgements.chunk(after, most)
        if not chunk:
            return None
        overrides, now = self._known.overrides, datetime.now(UTC)
        facts = await known(self._tx, {one.domain for one in chunk if one.is_of_dns})
        verdicts = await domain_verdicts(self._people, facts, overrides)
        judged = [one.again(verdicts.get(one.domain), overrides, now) for one in chunk]
        changed = [pair for pair in zip(chunk, judged, strict=True) if pair[0] != pair[1]]
        if changed:
            await self._store(changed, verdicts)
        return chunk[-1].lead_id

    async def _store(
        self, changed: Sequence[tuple[Judgement, Judgement]], verdicts: Mapping[str, DomainVerdict]
    ) -> None:
        moving = {
            then.lead_id: verdicts[then.domain]
            for before, then in changed
            if (before.result is ValidationResult.INVALID)
            is not (then.result is ValidationResult.INVALID)
        }
        if moving:
            await self._people.hold(moving)
        written = await self._judgements.write(changed)
        found = {i: verdict for i, verdict in moving.items() if i in written}
        await Consequences(self._tx, self._workspace_id, found).store()
        self._tx.changed.add(topic_of(self._workspace_id))

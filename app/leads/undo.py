"""Take back what rows of an import did, in one transaction.

In the order of every batch: LinkedIn profiles, addresses, then the facts about those who are held.
Whoever something has happened to since stays as they are.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from app.activity import operations as activity
from app.activity.rules import EventSource, EventType, LeadEvent
from app.counters import operations as counters
from app.counters.rules import joined
from app.kit.db import FactsChanged, Tx
from app.leads.admission.before import record_before
from app.leads.admission.profiles import PAGE
from app.leads.repository.admission import AdmissionRepository, LeadRecord
from app.leads.repository.undoing import UndoingRepository
from app.leads.rules.changes import differing
from app.leads.rules.undoing import Now, Profiles, Trace, verdict
from app.values import CampaignId, ImportId, LeadId, UndoCode, UndoOutcome, WorkspaceId


async def undo(
    tx: Tx,
    workspace_id: WorkspaceId,
    campaign_id: CampaignId,
    import_id: ImportId,
    traces: Sequence[Trace],
) -> dict[int, UndoCode]:
    """The last row comes first. Gives what became of each, by its number.

    Raises FactsChanged when somebody came in between: run it again.
    """
    reversal = Reversal(tx, workspace_id, campaign_id, import_id, traces)
    await reversal.look_at_profiles(claim=True)
    await reversal.hold()
    await reversal.judge(held=True)
    await reversal.store()
    return reversal.codes


async def foretell(
    tx: Tx,
    workspace_id: WorkspaceId,
    campaign_id: CampaignId,
    import_id: ImportId,
    traces: Sequence[Trace],
    together: Sequence[ImportId],
) -> dict[int, UndoCode]:
    """The same answers; nothing is written or locked.

    What the imports did that are undone ``together`` with it does not count; save that somebody
    still has the LinkedIn profiles that their rows would give up before these.
    """
    reversal = Reversal(tx, workspace_id, campaign_id, import_id, traces, together)
    await reversal.look_at_profiles(claim=False)
    await reversal.judge(held=False)
    return reversal.codes


class Reversal:
    """Some rows of one import on their way back, step by step."""

    def __init__(
        self,
        tx: Tx,
        workspace_id: WorkspaceId,
        campaign_id: CampaignId,
        import_id: ImportId,
        traces: Sequence[Trace],
        together: Sequence[ImportId] = (),
    ) -> None:
        self._tx, self._workspace_id = tx, workspace_id
        self._campaign_id, self._import_id = campaign_id, import_id
        self._traces = traces
        undone = [import_id, *together]
        self._repository = UndoingRepository(tx, workspace_id, campaign_id, undone)
        self._people = AdmissionRepository(tx, workspace_id)
        self._profiles = Profiles({})
        self._claims: dict[str, LeadId] = {}
        self._undone: list[tuple[Trace, Now]] = []
        self.codes: dict[int, UndoCode] = {}
        """By the numbers of the rows."""

    async def look_at_profiles(self, *, claim: bool) -> None:
        """Who has what somebody gives up, or gets back for it; ``claim`` holds it so."""
        lead_ids = {trace.lead_id for trace in self._traces}
        self._profiles = Profiles(await self._repository.people(lead_ids))
        if moving := self._profiles.moving(self._traces):
            free = await self._people.claim_profiles(moving) if claim else set()
            self._claims = await self._repository.owners(moving)
            self._profiles.owners = {
                key: None if key in free else self._claims.get(key) for key in moving
            }

    async def hold(self) -> None:
        """In the order of their addresses."""
        await self._repository.hold(self._profiles.of_leads)

    async def judge(self, *, held: bool) -> None:
        """The last row first, so that whom two rows changed is in the end as before both."""
        now = await self._repository.now(self._traces)
        if held:
            self._check_profiles(now)
        for trace, one in zip(self._traces, now, strict=True):
            code = verdict(trace, self._import_id, one)
            if one and code.outcome is not UndoOutcome.KEPT:
                if trace.changed_person and not self._profiles.give_back(trace):
                    code = UndoCode.PROFILE_TAKEN
                else:
                    self._undone.append((trace, one))
            self.codes[trace.row_no] = code

    def _check_profiles(self, now: Sequence[Now | None]) -> None:
        """What may change hands was taken before the addresses were. Raises FactsChanged."""
        for trace, one in zip(self._traces, now, strict=True):
            if one and one.linkedin_key != self._profiles.of_leads.get(trace.lead_id):
                raise FactsChanged

    async def store(self) -> None:
        await self._restore()
        await self._remove()
        await self._settle_profiles()

    async def _restore(self) -> None:
        """Where two rows changed somebody, the first one is the last to be undone."""
        records, own = {}, {}
        for trace, _ in self._undone:
            if trace.before and trace.changed_person:
                records[trace.lead_id] = record_before(trace.lead_id, trace.before)
            if trace.before and "own_fields" in trace.before:
                own[trace.lead_id] = trace.before["own_fields"]
        await self._tell(records, own)
        if records:
            await self._people.update(list(records.values()))
        if own:
            await self._people.update_own_fields(self._campaign_id, own)

    async def _tell(
        self, records: Mapping[LeadId, LeadRecord], own: Mapping[LeadId, Mapping[str, Any]]
    ) -> None:
        """An event for each who is as before; of what was removed the ledger tells."""
        lead_ids = {*records, *own}
        if not lead_ids:
            return
        people = await self._people.current(lead_ids)
        fields = await self._people.own_fields(self._campaign_id, own) if own else {}
        rows = {t.lead_id: t.row_no for t, _ in self._undone}
        events = []
        for i in sorted(lead_ids):
            before = records.get(i, people[i]).profile
            names = differing(before, people[i].profile, own.get(i, {}), fields.get(i, {}))
            told = {"import_id": self._import_id, "row": rows[i], "fields": names or [PAGE]}
            events.append(
                LeadEvent(i, EventType.UPDATED, EventSource.UNDO, self._campaign_id, told)
            )
        await activity.record(self._tx, self._workspace_id, events)

    async def _remove(self) -> None:
        gone = [(trace, one) for trace, one in self._undone if trace.added]
        if not gone:
            return
        await self._repository.remove_members([one.map_id for _, one in gone if one.map_id])
        left = Counter(one.status for _, one in gone if one.status)
        deltas = [joined(self._campaign_id, status, -n) for status, n in left.items()]
        await counters.write(self._tx, self._workspace_id, deltas)
        befores = [trace.before for trace, _ in gone if trace.before]
        if tombstones := [before["tombstone"] for before in befores if "tombstone" in before]:
            await self._repository.bury_again(tombstones)
        if created := [trace.lead_id for trace, _ in gone if trace.before is None]:
            await self._repository.remove_leads(created)

    async def _settle_profiles(self) -> None:
        owners = self._profiles.owners
        if released := [key for key in self._claims if owners[key] is None]:
            await self._people.release_profiles(released)
        pointed = {key: o for key, o in owners.items() if o and o != self._claims[key]}
        if pointed:
            await self._people.point_profiles(pointed)

"""Where the rows of an import go: into a campaign, or onto a suppression list."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from app.campaigns.repository import CampaignRepository
from app.gate.facts import Chunked
from app.imports.batch import GivenRow
from app.imports.entries import list_lines, reach_of
from app.imports.in_the_way import InTheWay
from app.imports.judged import judged, ledger_line
from app.imports.records import Import, LedgerRow
from app.imports.repository.ledger import LedgerRepository
from app.imports.settings import AppliedSettings
from app.kit.db import Tx
from app.leads.admit import admit, preview
from app.suppression.operations import listed, suppress
from app.values import SuppressionSource, WorkspaceId
from app.workspaces.repository import WorkspaceRepository


class Taken(NamedTuple):
    """A line for every row; which campaigns the scope refused some for; and what turned out
    otherwise than it was asked for."""

    lines: list[LedgerRow]
    in_the_way: InTheWay
    settings: Mapping[str, Any]


class Destination(Protocol):
    """Takes rows; in the transaction of their chunk."""

    async def take(self, tx: Tx, rows: Sequence[GivenRow], first_row: int) -> Taken:
        """Raises CampaignNotFound."""


def destination_of(workspace_id: WorkspaceId, found: Import) -> Destination:
    return OntoList(workspace_id, found) if found.suppresses else IntoCampaign(workspace_id, found)


class IntoCampaign:
    """By the gate."""

    def __init__(self, workspace_id: WorkspaceId, found: Import) -> None:
        assert found.campaign_id
        self._workspace_id, self._import = workspace_id, found
        self._campaign_id = found.campaign_id
        self._settings = AppliedSettings.of(found.settings)

    async def take(self, tx: Tx, rows: Sequence[GivenRow], first_row: int) -> Taken:
        policy = (await WorkspaceRepository(tx, self._workspace_id).get()).policy
        settings = self._settings.under(policy)
        campaign = await CampaignRepository(tx, self._workspace_id).enter(self._campaign_id)
        chunk_of = Chunked(self._import.id, self._import.run, settings.dry_run)
        terms = settings.terms(policy, campaign, datetime.now(UTC), chunk_of)
        arrival = settings.arrival(self._import.id, first_row)
        let_in = preview if settings.dry_run else admit
        candidates = [row.candidate for row in rows]
        admitted = await let_in(tx, self._workspace_id, candidates, terms, arrival)
        found = judged(rows, admitted, terms, dry_run=settings.dry_run)
        lines = [
            ledger_line(number, row, dry_run=settings.dry_run)
            for number, row in enumerate(found, first_row)
        ]
        in_the_way = InTheWay.of(row.admitted.verdict for row in found)
        return Taken(lines, in_the_way, settings.stored_scope())


class OntoList:
    """Nobody has to be asked: what is an address or a domain goes in."""

    def __init__(self, workspace_id: WorkspaceId, found: Import) -> None:
        assert found.suppresses
        self._workspace_id, self._import, self._kind = workspace_id, found, found.suppresses
        self._reach = reach_of(found)

    async def take(self, tx: Tx, rows: Sequence[GivenRow], first_row: int) -> Taken:
        if self._reach.campaign_id is not None:
            await CampaignRepository(tx, self._workspace_id).enter(self._reach.campaign_id)
        entries = {entry for row in rows if (entry := row.candidate.row.email)}
        ledger = LedgerRepository(tx, self._workspace_id)
        repeated = await ledger.taken(self._import.id, self._import.run, entries)
        new = await self._new(tx, entries - repeated)
        return Taken(list_lines(rows, first_row, repeated, new), InTheWay({}), {})

    async def _new(self, tx: Tx, entries: set[str]) -> set[str]:
        """Those that were not on the list; they are now, unless it is a dry run."""
        if self._import.is_dry_run:
            return entries - await listed(tx, self._workspace_id, self._kind, entries, self._reach)
        return await suppress(
            tx,
            self._workspace_id,
            self._kind,
            entries,
            source=SuppressionSource.API,
            reach=self._reach,
            created_by=self._import.created_by,
        )

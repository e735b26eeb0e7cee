"""Where the rows of an import go: into a campaign, or onto a suppression list."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from app.campaigns.repository import CampaignRepository
from app.gate.facts import UNKNOWN, Chunked, Facts
from app.gate.operations import gather
from app.gate.rules import Row, Terms
from app.imports.batch import GivenRow
from app.imports.in_the_way import InTheWay
from app.imports.judged import judged, ledger_line
from app.imports.records import Import, LedgerRow
from app.imports.repository.ledger import LedgerRepository
from app.imports.settings import AppliedSettings
from app.imports.sources.entries import list_lines, reach_of
from app.kit.db import Database, Tx
from app.leads.admission.rows import Admitted
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


class Look(NamedTuple):
    """What was known of a chunk's people while the chunk before it was being stored."""

    terms: Terms
    facts: Sequence[Facts]


class Destination(Protocol):
    """Takes rows; in the transaction of their chunk."""

    async def look(self, database: Database, rows: Sequence[GivenRow]) -> Look | None:
        """Whatever can be found out before; the chunk before these rows may not be stored yet.

        Raises CampaignNotFound.
        """

    async def take(
        self, tx: Tx, rows: Sequence[GivenRow], first_row: int, look: Look | None
    ) -> Taken:
        """Chunk after chunk. Raises CampaignNotFound."""


def destination_of(workspace_id: WorkspaceId, found: Import) -> Destination:
    return OntoList(workspace_id, found) if found.suppresses else IntoCampaign(workspace_id, found)


class IntoCampaign:
    """By the gate."""

    def __init__(self, workspace_id: WorkspaceId, found: Import) -> None:
        assert found.campaign_id
        self._workspace_id, self._import = workspace_id, found
        self._campaign_id = found.campaign_id
        self._settings = AppliedSettings.of(found.settings)
        self._touched: frozenset[str] = frozenset()
        """The addresses and profiles of the rows that were taken last."""
        self._taken: Sequence[GivenRow] = ()
        """Those rows: they are let go, which takes a while, when the database is at work next."""

    async def look(self, database: Database, rows: Sequence[GivenRow]) -> Look:
        async with database.transaction() as tx:
            _, terms = await self._terms(tx)
            asking = [row.candidate.row for row in rows]
            return Look(terms, await gather(tx, self._workspace_id, asking, terms))

    async def take(
        self, tx: Tx, rows: Sequence[GivenRow], first_row: int, look: Look | None
    ) -> Taken:
        settings, terms = await self._terms(tx)
        candidates = [row.candidate for row in rows]
        asking = [candidate.row for candidate in candidates]
        facts = await self._facts(tx, asking, terms, look) if look else None
        arrival = settings.arrival(self._import.id, first_row)

        def tell(admitted: Sequence[Admitted]) -> Taken:
            self._taken = rows
            found = judged(rows, admitted, terms, dry_run=settings.dry_run)
            lines = [
                ledger_line(number, row, dry_run=settings.dry_run)
                for number, row in enumerate(found, first_row)
            ]
            in_the_way = InTheWay.of(row.admitted.verdict for row in found)
            return Taken(lines, in_the_way, settings.stored_scope())

        if settings.dry_run:
            return tell(await preview(tx, self._workspace_id, candidates, terms, arrival, facts))
        return await admit(tx, self._workspace_id, candidates, terms, arrival, tell, facts)

    async def _terms(self, tx: Tx) -> tuple[AppliedSettings, Terms]:
        """As they hold now. The campaign is held."""
        policy = (await WorkspaceRepository(tx, self._workspace_id).get()).policy
        settings = self._settings.under(policy)
        campaign = await CampaignRepository(tx, self._workspace_id).enter(self._campaign_id)
        chunk_of = Chunked(self._import.id, self._import.run, settings.dry_run)
        return settings, settings.terms(policy, campaign, datetime.now(UTC), chunk_of)

    async def _facts(self, tx: Tx, rows: Sequence[Row], terms: Terms, look: Look) -> list[Facts]:
        """As good as if they were read now.

        Others may have changed something since, as they may at any moment before the locks; but
        whomever the chunk before may have touched is looked at again. When a transaction is
        repeated that is everybody: these rows are those that were taken last.
        """
        facts, touched = list(look.facts), self._touched
        self._touched = frozenset(key for row in rows for key in (row.email, row.linkedin) if key)
        if replace(look.terms, now=terms.now) != terms:
            return await gather(tx, self._workspace_id, rows, terms)
        places = [
            place
            for place, row in enumerate(rows)
            if not touched.isdisjoint(_identities(row, facts[place]))
        ]
        if places:
            asked = [rows[place] for place in places]
            again = await gather(tx, self._workspace_id, asked, terms)
            for place, found in zip(places, again, strict=True):
                facts[place] = found
        return facts


def _identities(row: Row, facts: Facts) -> tuple[str | None, ...]:
    """By which a row may be about somebody whom another row was about."""
    if facts is UNKNOWN:
        return row.email, row.linkedin
    person, owner = facts.person, facts.profile_owner
    return row.email, row.linkedin, person and person.linkedin_key, owner and owner.email


class OntoList:
    """Nobody has to be asked: what is an address or a domain goes in."""

    def __init__(self, workspace_id: WorkspaceId, found: Import) -> None:
        assert found.suppresses
        self._workspace_id, self._import, self._kind = workspace_id, found, found.suppresses
        self._reach = reach_of(found)

    async def look(self, database: Database, rows: Sequence[GivenRow]) -> None:
        """Nothing: the list is written as it is found."""

    async def take(
        self,
        tx: Tx,
        rows: Sequence[GivenRow],
        first_row: int,
        look: Look | None,  # noqa: ARG002  # there is none
    ) -> Taken:
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

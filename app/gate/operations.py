"""Gather the facts of a batch, and judge it."""

from collections.abc import Iterable, Sequence

from app.gate.facts import UNKNOWN, Chunked, Facts, Owner, Person
from app.gate.repository import FactsRepository
from app.gate.rules import Row, Terms
from app.kit.db import Tx
from app.suppression.repository import SuppressionRepository
from app.suppression.rules import Entry
from app.values import LeadId, OnLinkedinMatch, WorkspaceId


def asks_for_deletions(terms: Terms) -> bool:
    """Tombstones matter to syncs, under a locked floor, and where contact is counted in days."""
    policy = terms.policy
    counts_days = policy.recontact_after_days or policy.protect_replied_days
    return bool(terms.from_sync or policy.locked or counts_days)


async def gather(
    tx: Tx,
    workspace_id: WorkspaceId,
    rows: Sequence[Row],
    terms: Terms,
    *,
    for_people: bool = False,
) -> list[Facts]:
    """The facts of every row, in their order, without a lock.

    Three statements, two more where the rules ask for more, or people do, who want to see it all.
    """
    facts = FactsRepository(tx, workspace_id)
    emails = list(dict.fromkeys(row.email for row in rows if row.email))
    profiles = list(dict.fromkeys(row.linkedin for row in rows if row.linkedin))
    people = await facts.people(emails, deletions=for_people or asks_for_deletions(terms))
    owners = await facts.owners(profiles) if profiles else {}
    entries = await SuppressionRepository(tx, workspace_id).matching(emails)
    found = [facts_of(row, people, entries, owners) for row in rows]
    if terms.chunk_of:
        await _note_repeats(facts, rows, found, terms, terms.chunk_of)
    return found


async def _note_repeats(
    repository: FactsRepository,
    rows: Sequence[Row],
    found: list[Facts],
    terms: Terms,
    chunk_of: Chunked,
) -> None:
    """Whom an earlier chunk took, by their address, or by their profile where that counts."""
    by_profile = terms.on_linkedin_match is not OnLinkedinMatch.IGNORE
    repeated: Iterable[int]
    if chunk_of.dry_run:
        emails, profiles = await repository.taken_in_dry_run(
            (row.email for row in rows if row.email),
            (row.linkedin for row in rows if row.linkedin and by_profile),
            chunk_of,
        )
        repeated = (
            n for n, row in enumerate(rows) if row.email in emails or row.linkedin in profiles
        )
    else:
        asked = {
            n: _known(facts, by_profile=by_profile)
            for n, facts in enumerate(found)
            if facts is not UNKNOWN
        }
        known = {lead_id for lead_ids in asked.values() for lead_id in lead_ids}
        taken = await repository.taken(known, terms.campaign_id, chunk_of) if known else set()
        repeated = (n for n, lead_ids in asked.items() if not taken.isdisjoint(lead_ids))
    for place in repeated:
        found[place] = found[place]._replace(repeats=True)


def _known(facts: Facts, *, by_profile: bool) -> list[LeadId]:
    people = (facts.person, facts.profile_owner if by_profile else None)
    return [person.lead_id for person in people if person]


def facts_of(
    row: Row,
    people: dict[str, Person],
    entries: dict[str, list[Entry]],
    owners: dict[str, Owner],
) -> Facts:
    if row.email is None:
        return UNKNOWN
    person = people.get(row.email)
    matched = entries.get(row.email)
    owner = owners.get(row.linkedin) if row.linkedin else None
    if person is None and matched is None and owner is None:
        return UNKNOWN
    return Facts(person, tuple(matched or ()), owner)

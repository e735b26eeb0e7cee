"""Gather the facts of a batch, and judge it."""

from collections.abc import Sequence

from app.gate.facts import UNKNOWN, Facts, Owner, Person
from app.gate.repository import FactsRepository
from app.gate.rules import Row, Terms
from app.kit.db import Tx
from app.suppression.repository import SuppressionRepository
from app.suppression.rules import Entry
from app.values import WorkspaceId


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
    return [facts_of(row, people, entries, owners) for row in rows]


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

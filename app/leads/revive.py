"""May those go on whose address is not invalid after all? To go on is an entry."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from app.gate.facts import SENDING, Facts, Membership, Person
from app.gate.repository import FactsRepository
from app.gate.rules import Conflict, Row, Terms, elsewhere
from app.kit.db import Tx
from app.leads.repository.validating import Member
from app.leads.rules.transitions import reenters
from app.values import DuplicateScope, WorkspaceId
from app.workspaces.repository import WorkspaceRepository
from app.workspaces.rules import Policy


async def let_in(
    tx: Tx, workspace_id: WorkspaceId, members: Sequence[Member]
) -> list[tuple[Member, Conflict | None]]:
    """Each with who stands in its way under the workspace's floor; their leads are held.

    One after the other: who is let in stands in the way of the same person's next.
    """
    policy = (await WorkspaceRepository(tx, workspace_id).get()).policy
    if policy.floor is DuplicateScope.CAMPAIGN:
        return [(member, None) for member in members]
    facts = FactsRepository(tx, workspace_id)
    emails = {member.email for member in members}
    people = await facts.people(emails, deletions=policy.locked)
    return list(_judged(members, people, policy))


def _judged(
    members: Sequence[Member], people: dict[str, Person], policy: Policy
) -> Iterator[tuple[Member, Conflict | None]]:
    for member in members:
        person = people[member.email]
        [here] = [m for m in person.memberships if m.campaign_id == member.campaign_id]
        conflict = _conflict(member, person, here, policy)
        if conflict is None:
            people[member.email] = _revived(person, member)
        yield member, conflict


def _conflict(member: Member, person: Person, here: Membership, policy: Policy) -> Conflict | None:
    sending = here.campaign_status in SENDING
    if not reenters(here.status, member.revived, sending=sending):
        return None
    now = datetime.now(UTC)
    terms = Terms(here.campaign_id, here.client_id, policy, now, scope=policy.floor)
    stop = elsewhere(Row(member.email), Facts(person), terms)
    return stop.conflict if stop else None


def _revived(person: Person, member: Member) -> Person:
    memberships = (
        m._replace(status=member.revived) if m.campaign_id == member.campaign_id else m
        for m in person.memberships
    )
    return person._replace(memberships=tuple(memberships))

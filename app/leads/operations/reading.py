"""Reads that ask more than one question of the database."""

from dataclasses import dataclass
from datetime import datetime

from app.activity.repository import ActivityRepository
from app.activity.rules import Activity
from app.campaigns.repository import CampaignRepository
from app.counters.repository import CounterRepository
from app.counters.rules import by_status
from app.identity import email_identity
from app.kit.db import Tx
from app.leads.errors import LeadListOff, LeadNotFound
from app.leads.repository.listing import ListingRepository
from app.leads.repository.people import PeopleFilter, PeopleRepository
from app.leads.rules.records import Lead, Member, MemberFilter, Participation
from app.values import CampaignId, LeadId, LeadStatus, MapId
from app.workspaces.rules import Caller

COUNTED = 100_000
"""So many are counted where no kept count answers; beyond it a total is no longer exact."""


@dataclass(frozen=True, slots=True)
class Total:
    n: int
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """A person with their campaigns."""

    lead: Lead
    participations: list[Participation]


async def list_members(
    tx: Tx,
    caller: Caller,
    campaign_id: CampaignId,
    by: MemberFilter,
    limit: int,
    *,
    after: MapId | None,
    offset: int,
) -> list[Member]:
    """Raises CampaignNotFound."""
    await CampaignRepository(tx, caller.workspace_id).get(campaign_id)
    listing = ListingRepository(tx, caller.workspace_id)
    return await listing.page(campaign_id, by, limit, after=after, offset=offset)


async def count_members(
    tx: Tx, caller: Caller, campaign_id: CampaignId, by: MemberFilter, *, exact: bool
) -> Total:
    """From kept counts where they know; else counted, with ``exact`` to the end."""
    if by.by_status_only:
        counters = CounterRepository(tx, caller.workspace_id)
        kept = by_status((await counters.totals([campaign_id]))[campaign_id])
        meant = LeadStatus if by.statuses is None else by.statuses
        return Total(sum(kept[status] for status in meant))
    listing = ListingRepository(tx, caller.workspace_id)
    counted = await listing.count(campaign_id, by, None if exact else COUNTED + 1)
    return Total(counted) if exact else capped(counted)


async def get_member(tx: Tx, caller: Caller, campaign_id: CampaignId, lead_id: LeadId) -> Member:
    """Raises CampaignNotFound and LeadNotFound."""
    await CampaignRepository(tx, caller.workspace_id).get(campaign_id)
    member = await ListingRepository(tx, caller.workspace_id).find(campaign_id, lead_id)
    if member is None:
        raise LeadNotFound
    return member


async def member_activity(
    tx: Tx,
    caller: Caller,
    campaign_id: CampaignId,
    lead_id: LeadId,
    limit: int,
    before: tuple[datetime | None, int],
    offset: int,
) -> list[Activity]:
    """Also of somebody who was deleted from the campaign: history stays.

    Raises CampaignNotFound, and LeadNotFound for somebody unknown to the workspace.
    """
    await CampaignRepository(tx, caller.workspace_id).get(campaign_id)
    await PeopleRepository(tx, caller.workspace_id).get(lead_id)
    activity = ActivityRepository(tx, caller.workspace_id)
    return await activity.of_member(campaign_id, lead_id, limit, offset=offset, before=before)


async def get_lead(tx: Tx, caller: Caller, lead_id: LeadId) -> Known:
    """Raises LeadNotFound."""
    lead = await PeopleRepository(tx, caller.workspace_id).get(lead_id)
    return (await _known(tx, caller, [lead]))[0]


async def find_lead(tx: Tx, caller: Caller, email: str) -> Known | None:
    """Whoever has this address, in any spelling."""
    identity = email_identity(email)
    if identity is None:
        return None
    lead = await PeopleRepository(tx, caller.workspace_id).by_email(identity.key)
    return None if lead is None else (await _known(tx, caller, [lead]))[0]


async def campaigns_of(
    tx: Tx, caller: Caller, lead_id: LeadId, limit: int, after: CampaignId | None
) -> list[Participation]:
    """Raises LeadNotFound."""
    await PeopleRepository(tx, caller.workspace_id).get(lead_id)
    listing = ListingRepository(tx, caller.workspace_id)
    return (await listing.participations([lead_id], after=after, most=limit))[lead_id]


async def list_people(
    tx: Tx,
    caller: Caller,
    by: PeopleFilter,
    limit: int,
    *,
    after: LeadId | None = None,
    offset: int = 0,
) -> list[Known]:
    """People of the whole workspace. Raises LeadListOff where the workspace wants no such list."""
    if not caller.policy.workspace_lead_list:
        raise LeadListOff
    people = PeopleRepository(tx, caller.workspace_id)
    return await _known(tx, caller, await people.page(by, limit, after=after, offset=offset))


async def count_people(tx: Tx, caller: Caller, by: PeopleFilter) -> Total:
    return capped(await PeopleRepository(tx, caller.workspace_id).count(by, COUNTED + 1))


def capped(counted: int) -> Total:
    """Of a count that stopped behind ``COUNTED``."""
    return Total(min(counted, COUNTED), is_exact=counted <= COUNTED)


async def _known(tx: Tx, caller: Caller, leads: list[Lead]) -> list[Known]:
    listing = ListingRepository(tx, caller.workspace_id)
    campaigns = await listing.participations([lead.id for lead in leads])
    return [Known(lead, campaigns[lead.id]) for lead in leads]

"""The life of a campaign: change, start, pause, stop, archive, duplicate, delete."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.audit.operations import record
from app.campaigns.repository import CampaignRepository
from app.campaigns.rules import Campaign, name_of_copy
from app.counters.repository import CounterRepository
from app.counters.rules import by_status
from app.kit.db import Tx
from app.kit.jobs import Lease, queue
from app.kit.resources import Resources
from app.launch.errors import (
    ConfirmationRequired,
    HoldingCampaign,
    NameMismatch,
    ValidationRunning,
)
from app.launch.jobs import RemoveCampaign
from app.launch.repository import REMOVED, LaunchRepository
from app.launch.rules import Bounces, Detail, Overlap, Told, active_statuses, wakes
from app.leads.operations.progress import progress_of
from app.leads.rules.progress import ProgressState
from app.values import Boundary, CampaignId, CampaignStatus, JobId
from app.workspaces.rules import Caller

CHUNK = 20_000
"""Rows that the removal takes in one transaction; well below two seconds."""


async def describe_campaign(tx: Tx, caller: Caller, campaign_id: CampaignId) -> Detail:
    """Raises CampaignNotFound."""
    campaign = await CampaignRepository(tx, caller.workspace_id).get(campaign_id)
    totals = await CounterRepository(tx, caller.workspace_id).totals([campaign_id])
    return Detail(campaign, by_status(totals[campaign_id]))


async def change_campaign(
    tx: Tx, caller: Caller, campaign_id: CampaignId, changes: Mapping[str, Any]
) -> Detail:
    """Set columns of the campaign. Tells who is active elsewhere if its people are active now.

    Raises CampaignNotFound, HoldingCampaign.
    """
    campaigns = CampaignRepository(tx, caller.workspace_id)
    campaign = await campaigns.lock(campaign_id)
    if changes.get("holding") and campaign.status is CampaignStatus.ACTIVE:
        raise HoldingCampaign
    if not changes:
        return await describe_campaign(tx, caller, campaign_id)
    changed = await campaigns.change(campaign_id, **changes)
    before = {column: getattr(campaign, column) for column in changes}
    await record(tx, caller, "campaign.changed", _target(campaign), before, dict(changes))
    detail = await describe_campaign(tx, caller, campaign_id)
    return replace(detail, overlap=await _overlap_of(tx, caller, campaign, changed))


async def set_status(
    tx: Tx,
    caller: Caller,
    campaign_id: CampaignId,
    status: CampaignStatus,
    *,
    force: bool = False,
) -> Told:
    """The same status again changes nothing. Tells who is active elsewhere if people are active
    by it, and at every start; then also who waits to be checked, where that is no obstacle, who
    is held, and whether many may bounce.

    Raises CampaignNotFound, HoldingCampaign, ValidationRunning.
    """
    campaigns = CampaignRepository(tx, caller.workspace_id)
    starts = status is CampaignStatus.ACTIVE
    # Counted before anybody has to wait for the campaign: of a million that takes a while.
    told = await _told_at_start(tx, caller, campaign_id) if starts else Told()
    campaign = await campaigns.lock(campaign_id)
    if campaign.holding and starts:
        raise HoldingCampaign
    if campaign.status is status:
        return replace(told, overlap=await _overlap(tx, caller, campaign)) if starts else told
    if told.validation and caller.policy.require_validation_before_start and not force:
        raise ValidationRunning(told.validation)
    changed = await campaigns.change(campaign_id, status=status)
    await record(
        tx,
        caller,
        "campaign.status_changed",
        _target(campaign),
        {"status": campaign.status},
        {"status": status},
    )
    if starts:
        return replace(told, overlap=await _overlap(tx, caller, changed))
    return Told(await _overlap_of(tx, caller, campaign, changed))


async def archive_campaign(tx: Tx, caller: Caller, campaign_id: CampaignId) -> None:
    """Hide it from the list; nobody is active in it any more. Its status stays.

    Raises CampaignNotFound.
    """
    campaigns = CampaignRepository(tx, caller.workspace_id)
    campaign = await campaigns.lock(campaign_id)
    if campaign.archived_at is None:
        await campaigns.change(campaign_id, archived_at=datetime.now(UTC))
        await record(tx, caller, "campaign.archived", _target(campaign))


async def unarchive_campaign(tx: Tx, caller: Caller, campaign_id: CampaignId) -> Told:
    """Bring it back. If its people are active again, tells who is elsewhere too.

    Raises CampaignNotFound.
    """
    campaigns = CampaignRepository(tx, caller.workspace_id)
    campaign = await campaigns.lock(campaign_id)
    if campaign.archived_at is None:
        return Told()
    changed = await campaigns.change(campaign_id, archived_at=None)
    await record(tx, caller, "campaign.unarchived", _target(campaign))
    return Told(await _overlap_of(tx, caller, campaign, changed))


async def duplicate_campaign(tx: Tx, caller: Caller, campaign_id: CampaignId) -> CampaignId:
    """A draft with the same settings, schedule and sequence, and without leads.

    Raises CampaignNotFound.
    """
    campaigns = CampaignRepository(tx, caller.workspace_id)
    campaign = await campaigns.enter(campaign_id)
    return await campaigns.copy(campaign_id, name_of_copy(campaign.name), caller.key_id)


async def delete_campaign(
    tx: Tx, caller: Caller, campaign_id: CampaignId, confirm_name: str | None
) -> JobId:
    """Gone from every answer at once; the job removes the rows. Waits for batches that entered.

    Raises CampaignNotFound, NameMismatch, ConfirmationRequired.
    """
    campaigns = CampaignRepository(tx, caller.workspace_id)
    campaign = await campaigns.lock_out(campaign_id)
    if confirm_name is None and caller.policy.confirm_deletes:
        raise ConfirmationRequired
    if confirm_name not in {None, campaign.name}:
        raise NameMismatch
    await campaigns.change(campaign_id, deleted_at=datetime.now(UTC))
    await record(tx, caller, "campaign.deleted", _target(campaign), {"name": campaign.name})
    return await queue(tx, RemoveCampaign(caller.workspace_id, campaign_id))


async def remove_campaign(resources: Resources, lease: Lease) -> dict[str, Any]:
    """Remove the rows of a deleted campaign, one committed chunk at a time; tells how many.

    People stay, and so do imports and their ledger until their age ends them. Safe to kill and to
    run twice: each chunk removes what is left.
    """
    campaign_id = lease.as_job(RemoveCampaign).campaign_id
    total = lease.progress.get("rows_removed", 0)
    for table, key in REMOVED:
        while removed := await _remove_some(resources, lease, campaign_id, table, key, total):
            total += removed

    async def remove_rest(tx: Tx) -> None:
        await LaunchRepository(tx, lease.workspace_id).remove_rest(campaign_id)
        await lease.fence(tx)

    await resources.database.run(remove_rest)
    return {"rows_removed": total}


async def _remove_some(
    resources: Resources,
    lease: Lease,
    campaign_id: CampaignId,
    table: str,
    key: str,
    before: int,
) -> int:
    async def remove(tx: Tx) -> int:
        repository = LaunchRepository(tx, lease.workspace_id)
        removed = await repository.remove_some(campaign_id, table, key, CHUNK)
        await lease.fence(tx, {"rows_removed": before + removed})
        return removed

    return await resources.database.run(remove)


def _target(campaign: Campaign) -> str:
    return f"campaign:{campaign.id}"


async def _told_at_start(tx: Tx, caller: Caller, campaign_id: CampaignId) -> Told:
    """How far the check of its leads is, while it goes on, and what was found so far."""
    totals = await CounterRepository(tx, caller.workspace_id).totals([campaign_id])
    members = by_status(totals[campaign_id])
    progress = await progress_of(tx, caller.workspace_id, campaign_id, sum(members.values()))
    bounces = Bounces.of(progress, members, hold_unverified=caller.policy.hold_unverified)
    return Told(
        validation=None if progress.state is ProgressState.COMPLETED else progress,
        bounces=bounces if bounces.reasons else None,
        held=bounces.unverified if bounces.hold_unverified else 0,
    )


async def _overlap_of(tx: Tx, caller: Caller, before: Campaign, after: Campaign) -> Overlap | None:
    return await _overlap(tx, caller, after) if wakes(before, after) else None


async def _overlap(tx: Tx, caller: Caller, campaign: Campaign) -> Overlap:
    return await LaunchRepository(tx, caller.workspace_id).active_elsewhere(
        campaign.id,
        active_statuses(campaign),
        within_client=caller.policy.boundary is Boundary.CLIENT,
        client_id=campaign.client_id,
    )

"""Campaigns and their sequences in the database."""

from typing import Any

from sqlalchemy import Select, select

from app import models
from app.campaigns.errors import CampaignNotFound
from app.campaigns.rules import Campaign
from app.kit.db import Tx
from app.values import CampaignId, CampaignStatus, LeadSource, WorkspaceId

ROW = models.Campaign
COLUMNS: tuple[Any, ...] = (
    ROW.id,
    ROW.name,
    ROW.status,
    ROW.lead_source,
    ROW.holding,
    ROW.client_id,
    ROW.parent_campaign_id,
    ROW.tags,
    ROW.settings,
    ROW.schedule,
    ROW.created_by,
    ROW.created_at,
    ROW.updated_at,
    ROW.archived_at,
)
"""In the order of the fields of Campaign."""
Found = Select[*tuple[Any, ...]]


class CampaignRepository:
    """The campaigns of one workspace; those that were deleted are not there."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def get(self, campaign_id: CampaignId) -> Campaign:
        """Raises CampaignNotFound."""
        return await self._one(self._there(campaign_id))

    async def enter(self, campaign_id: CampaignId) -> Campaign:
        """Hold the campaign while leads are written into it.

        KEY SHARE: its deletion waits for this transaction, and later ones do not find it; changes
        of its status and of other leads wait for nothing. Raises CampaignNotFound.
        """
        return await self._one(self._there(campaign_id).with_for_update(key_share=True, read=True))

    def _there(self, campaign_id: CampaignId) -> Found:
        return select(*COLUMNS).where(
            ROW.workspace_id == self._workspace_id,
            ROW.id == campaign_id,
            ROW.deleted_at.is_(None),
        )

    async def _one(self, statement: Found) -> Campaign:
        row = (await self._tx.execute(statement)).one_or_none()
        if row is None:
            raise CampaignNotFound
        return _campaign(row)


def _campaign(row: Any) -> Campaign:
    id_, name, status, lead_source, holding, client_id, parent_id, tags, *rest = row
    return Campaign(
        id_,
        name,
        CampaignStatus(status),
        LeadSource(lead_source),
        holding,
        client_id,
        parent_id,
        tuple(tags),
        *rest,
    )

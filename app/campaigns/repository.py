"""Campaigns and their sequences in the database."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Select, cast, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB

from app import models
from app.campaigns.errors import CampaignNotFound
from app.campaigns.rules import Campaign, EnteredCampaign, NewCampaign, Step, StoredStep
from app.kit.db import Tx
from app.kit.documents import written
from app.values import CampaignId, CampaignStatus, ClientId, KeyId, LeadSource, WorkspaceId

ROW, STEP = models.Campaign, models.SequenceStep
ENTERED: tuple[Any, ...] = (ROW.id, ROW.name, ROW.status, ROW.holding, ROW.client_id)
"""In the order of the fields of EnteredCampaign."""
COLUMNS: tuple[Any, ...] = (
    *ENTERED,
    ROW.lead_source,
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

COPY = """
with copy as (
    insert into campaigns (workspace_id, name, status, lead_source, holding, client_id,
                           parent_campaign_id, tags, settings, schedule, created_by)
    select workspace_id, $3, 'DRAFTED', lead_source, holding, client_id,
           id, tags, settings, schedule, $4
    from campaigns where workspace_id = $1 and id = $2
    returning id),
steps as (
    insert into sequence_steps (workspace_id, campaign_id, seq_number, delay_days, subject,
                                email_body, extra)
    select workspace_id, copy.id, seq_number, delay_days, subject, email_body, extra
    from sequence_steps, copy where workspace_id = $1 and campaign_id = $2)
select id from copy
"""

WRITE_STEPS = """
with gone as (
    delete from sequence_steps
    where workspace_id = $1 and campaign_id = $2 and seq_number <> all($3::int[]))
insert into sequence_steps
    (workspace_id, campaign_id, seq_number, delay_days, subject, email_body, extra)
select $1, $2, seq_number, delay_days, subject, email_body, extra::jsonb
from unnest($3::int[], $4::int[], $5::text[], $6::text[], $7::text[])
    step(seq_number, delay_days, subject, email_body, extra)
on conflict (workspace_id, campaign_id, seq_number) do update
set delay_days = excluded.delay_days, subject = excluded.subject,
    email_body = excluded.email_body, extra = excluded.extra, updated_at = now()
"""


class CampaignRepository:
    """The campaigns of one workspace; those that were deleted are not there."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def get(self, campaign_id: CampaignId) -> Campaign:
        """Raises CampaignNotFound."""
        return await self._one(self._there(campaign_id))

    async def check(self, campaign_ids: Collection[CampaignId]) -> None:
        """Raises CampaignNotFound unless all are there; each is named once."""
        there = self._all().with_only_columns(func.count()).where(ROW.id.in_(campaign_ids))
        if (await self._tx.execute(there)).scalar_one() < len(campaign_ids):
            raise CampaignNotFound

    async def enter(self, campaign_id: CampaignId) -> EnteredCampaign:
        """Hold the campaign while leads are written into it.

        KEY SHARE: its deletion waits for this transaction, and later ones do not find it; changes
        of its status and of other leads wait for nothing. Its settings stay where they are: they
        may be large, and every batch comes by here. Raises CampaignNotFound.
        """
        entering = self._there(campaign_id).with_only_columns(*ENTERED)
        found = await self._tx.execute(entering.with_for_update(key_share=True, read=True))
        row = found.one_or_none()
        if row is None:
            raise CampaignNotFound
        return _entered(row)

    async def lock(self, campaign_id: CampaignId) -> Campaign:
        """For a change of the campaign itself; batches go on. Raises CampaignNotFound."""
        return await self._one(self._there(campaign_id).with_for_update(key_share=True))

    async def lock_out(self, campaign_id: CampaignId) -> Campaign:
        """For its deletion: waits until every batch that has entered is through."""
        return await self._one(self._there(campaign_id).with_for_update())

    async def newest(
        self,
        *,
        limit: int,
        before: CampaignId | None = None,
        client_id: ClientId | None = None,
        archived: bool = False,
    ) -> list[Campaign]:
        """Newest first; ``archived`` too, or only those that are not."""
        statement = self._all().order_by(ROW.id.desc()).limit(limit)
        if before is not None:
            statement = statement.where(ROW.id < before)
        if client_id is not None:
            statement = statement.where(ROW.client_id == client_id)
        if not archived:
            statement = statement.where(ROW.archived_at.is_(None))
        return [_campaign(row) for row in await self._tx.execute(statement)]

    async def add(self, new: NewCampaign, created_by: KeyId) -> Campaign:
        made = await self._tx.execute(
            insert(ROW)
            .values(
                workspace_id=self._workspace_id,
                status=CampaignStatus.DRAFTED,
                created_by=created_by,
                **asdict(new),
            )
            .returning(*COLUMNS)
        )
        return _campaign(made.one())

    async def copy(self, campaign_id: CampaignId, name: str, created_by: KeyId) -> CampaignId:
        """Settings, schedule and sequence; not the leads. The caller has locked the campaign."""
        [row] = await self._tx.rows(COPY, self._workspace_id, campaign_id, name, created_by)
        return CampaignId(row["id"])

    async def change(self, campaign_id: CampaignId, **values: Any) -> Campaign:
        """Set the columns; ``settings`` and ``schedule`` are merged over what is there.

        Raises CampaignNotFound.
        """
        for column in (ROW.settings, ROW.schedule):
            if column.key in values:
                values[column.key] = column.op("||")(cast(values[column.key], JSONB))
        changed = await self._tx.execute(
            update(ROW)
            .where(
                ROW.workspace_id == self._workspace_id,
                ROW.id == campaign_id,
                ROW.deleted_at.is_(None),
            )
            .values(values | {"updated_at": func.now()})
            .returning(*COLUMNS)
        )
        row = changed.one_or_none()
        if row is None:
            raise CampaignNotFound
        return _campaign(row)

    async def steps(self, campaign_id: CampaignId) -> list[StoredStep]:
        """The sequence, in its order."""
        found = await self._tx.execute(
            select(
                STEP.id,
                STEP.seq_number,
                STEP.delay_days,
                STEP.subject,
                STEP.email_body,
                STEP.extra,
                STEP.created_at,
                STEP.updated_at,
            )
            .where(STEP.workspace_id == self._workspace_id, STEP.campaign_id == campaign_id)
            .order_by(STEP.seq_number)
        )
        return [_stored_step(row) for row in found]

    async def write_steps(self, campaign_id: CampaignId, steps: Sequence[Step]) -> None:
        """Make this the sequence: a step keeps its id as long as its number is there."""
        await self._tx.rows(
            WRITE_STEPS,
            self._workspace_id,
            campaign_id,
            [step.seq_number for step in steps],
            [step.delay_days for step in steps],
            [step.subject for step in steps],
            [step.email_body for step in steps],
            [written(step.extra) for step in steps],
        )

    def _all(self) -> Found:
        return select(*COLUMNS).where(
            ROW.workspace_id == self._workspace_id, ROW.deleted_at.is_(None)
        )

    def _there(self, campaign_id: CampaignId) -> Found:
        return self._all().where(ROW.id == campaign_id)

    async def _one(self, statement: Found) -> Campaign:
        row = (await self._tx.execute(statement)).one_or_none()
        if row is None:
            raise CampaignNotFound
        return _campaign(row)


def _entered(row: Any) -> EnteredCampaign:
    id_, name, status, holding, client_id = row
    return EnteredCampaign(id_, name, CampaignStatus(status), holding, client_id)


def _campaign(row: Any) -> Campaign:
    id_, name, status, holding, client_id, lead_source, parent_id, tags, *rest = row
    return Campaign(
        id_,
        name,
        CampaignStatus(status),
        holding,
        client_id,
        LeadSource(lead_source),
        parent_id,
        tuple(tags),
        *rest,
    )


def _stored_step(row: Any) -> StoredStep:
    step = Step(row.seq_number, row.delay_days, row.subject or "", row.email_body or "", row.extra)
    return StoredStep(row.id, step, row.created_at, row.updated_at)

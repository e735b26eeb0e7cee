"""invalid from: the status of a membership before its address was found invalid

Revision ID: 20261127_invalid_from
Revises: 20261127_waiting_reason
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_invalid_from"
down_revision = "20261127_waiting_reason"
branch_labels = None
depends_on = None

# By the last event that made it invalid. There is none of whoever entered so, nor where it was too
# old to be kept.
FILL = """
update campaign_leads cl
set invalid_from = coalesce(
    e.data ->> 'from',
    case when cl.paused_from is not null then 'PAUSED'
         when cl.contacted_at is not null then 'IN_PROGRESS'
         else 'NOT_CONTACTED' end)
from campaign_leads before
left join lateral (
    select source, data from lead_events
    where workspace_id = before.workspace_id and lead_id = before.lead_id
      and campaign_id = before.campaign_id and data ->> 'to' = 'INVALID'
    order by id desc limit 1) e on true
where before.workspace_id = cl.workspace_id and before.campaign_id = cl.campaign_id
  and before.id = cl.id
  and cl.status = 'INVALID' and cl.invalid_from is null and e.source is distinct from 'operator'
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column(
        "campaign_leads", sa.Column("invalid_from", sa.Text(), nullable=True), if_not_exists=True
    )
    # All memberships are looked through: so beside the writing.
    with op.get_context().autocommit_block():
        op.execute(FILL)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_column("campaign_leads", "invalid_from")

"""lead gate

Revision ID: 20261123_lead_gate
Revises: nothing; it is the first
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_lead_gate"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "api_keys",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column(
            "defaults",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("api_keys_pkey")),
    )
    op.create_index(op.f("api_keys_key_hash_idx"), "api_keys", ["key_hash"], unique=True)
    op.create_index(
        op.f("api_keys_workspace_id_id_idx"), "api_keys", ["workspace_id", "id"], unique=False
    )
    op.create_table(
        "audit_log",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("key_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("audit_log_pkey")),
    )
    op.create_table(
        "campaigns",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("lead_source", sa.Text(), nullable=False),
        sa.Column("holding", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=True),
        sa.Column("parent_campaign_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "settings",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "schedule",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("campaigns_pkey")),
    )
    op.create_table(
        "counter_deltas",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("counter", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("counter_deltas_pkey")),
    )
    op.create_table(
        "counters",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("counter", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "campaign_id", "counter", "day", name=op.f("counters_pkey")
        ),
    )
    op.create_table(
        "import_rows",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint(
            "workspace_id", "import_id", "run", "row_no", name=op.f("import_rows_pkey")
        ),
    )
    op.create_table(
        "imports",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("run", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("push", sa.Text(), nullable=True),
        sa.Column(
            "settings",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("rows_total", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("rows_done", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "by_code",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("imports_pkey")),
    )
    op.create_index(
        op.f("imports_workspace_id_campaign_id_id_idx"),
        "imports",
        ["workspace_id", "campaign_id", "id"],
        unique=False,
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "arguments",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("singleton", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", sa.String(), server_default=sa.text("'queued'"), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "run_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("jobs_pkey")),
    )
    op.create_index(
        op.f("jobs_finished_at_idx"),
        "jobs",
        ["finished_at"],
        unique=False,
        postgresql_where=sa.text("finished_at is not null"),
    )
    op.create_index(
        op.f("jobs_run_at_idx"),
        "jobs",
        ["run_at"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "jobs_running_idx",
        "jobs",
        ["workspace_id"],
        unique=False,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_index(
        op.f("jobs_workspace_id_run_at_idx"),
        "jobs",
        ["workspace_id", "run_at"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "jobs_singleton_key",
        "jobs",
        ["workspace_id", "kind"],
        unique=True,
        postgresql_where=sa.text("singleton and state = 'queued'"),
    )
    op.create_table(
        "lead_events",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "data",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("lead_events_pkey")),
    )
    op.create_index(
        op.f("lead_events_workspace_id_campaign_id_id_idx"),
        "lead_events",
        ["workspace_id", "campaign_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("lead_events_workspace_id_lead_id_id_idx"),
        "lead_events",
        ["workspace_id", "lead_id", "id"],
        unique=False,
    )
    op.create_table(
        "lead_linkedin",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("linkedin_key", sa.Text(collation="C"), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "linkedin_key", name=op.f("lead_linkedin_pkey")),
    )
    op.create_table(
        "leads",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.Text(collation="C"), nullable=False),
        sa.Column("email_given", sa.Text(), nullable=True),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("last_name", sa.Text(), nullable=True),
        sa.Column("phone_number", sa.Text(), nullable=True),
        sa.Column("company_name", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("linkedin_profile", sa.Text(), nullable=True),
        sa.Column("company_url", sa.Text(), nullable=True),
        sa.Column("job_title", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("industry", sa.Text(), nullable=True),
        sa.Column("company_size", sa.Text(), nullable=True),
        sa.Column("revenue", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("linkedin_key", sa.Text(collation="C"), nullable=True),
        sa.Column(
            "custom_fields",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("leads_pkey")),
        sa.UniqueConstraint("workspace_id", "email", name=op.f("leads_workspace_id_email_key")),
    )
    op.create_table(
        "suppressions",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(collation="C"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("client_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("protected", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("suppressions_pkey")),
        sa.UniqueConstraint(
            "workspace_id",
            "entry",
            "kind",
            "campaign_id",
            "client_id",
            name=op.f("suppressions_workspace_id_entry_kind_campaign_id_client_id_key"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        op.f("suppressions_workspace_id_campaign_id_idx"),
        "suppressions",
        ["workspace_id", "campaign_id"],
        unique=False,
        postgresql_where=sa.text("campaign_id is not null"),
    )
    op.create_index(
        "suppressions_block_idx",
        "suppressions",
        ["workspace_id", "id"],
        unique=False,
        postgresql_where=sa.text("kind = 'block'"),
    )
    op.create_index(
        "suppressions_do_not_contact_idx",
        "suppressions",
        ["workspace_id", "id"],
        unique=False,
        postgresql_where=sa.text("kind = 'do_not_contact'"),
    )
    op.create_index(
        "suppressions_unsubscribe_idx",
        "suppressions",
        ["workspace_id", "id"],
        unique=False,
        postgresql_where=sa.text("kind = 'unsubscribe'"),
    )
    op.create_table(
        "tombstones",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(collation="C"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("contacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "email", "campaign_id", name=op.f("tombstones_pkey")
        ),
    )
    op.create_index(
        op.f("tombstones_workspace_id_campaign_id_idx"),
        "tombstones",
        ["workspace_id", "campaign_id"],
        unique=False,
    )
    op.create_table(
        "workspaces",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("preset", sa.Text(), nullable=False),
        sa.Column("default_scope", sa.Text(), nullable=False),
        sa.Column("floor", sa.Text(), nullable=False),
        sa.Column("boundary", sa.Text(), nullable=False),
        sa.Column("duplicate_flag_meaning", sa.Text(), nullable=False),
        sa.Column(
            "recontact_after_days", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "protect_replied_days", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "workspace_lead_list", sa.Boolean(), server_default=sa.text("true"), nullable=False
        ),
        sa.Column("move_leads", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("export_leads", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "require_validation_before_start",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
        ),
        sa.Column("confirm_deletes", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("hold_unverified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "check_undeliverable", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("workspaces_pkey")),
    )
    op.create_table(
        "campaign_leads",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("paused_from", sa.Text(), nullable=True),
        sa.Column("resume_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column(
            "tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column(
            "custom_fields",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("row_no", sa.Integer(), nullable=True),
        sa.Column(
            "passed_blocks", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("contacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_activity_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "campaign_id"],
            ["campaigns.workspace_id", "campaigns.id"],
            name=op.f("campaign_leads_workspace_id_campaign_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["leads.workspace_id", "leads.id"],
            name=op.f("campaign_leads_workspace_id_lead_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "campaign_id", "id", name=op.f("campaign_leads_pkey")
        ),
        sa.UniqueConstraint(
            "workspace_id",
            "lead_id",
            "campaign_id",
            name=op.f("campaign_leads_workspace_id_lead_id_campaign_id_key"),
        ),
    )
    op.create_index(
        "leads_workspace_id_domain_idx",
        "leads",
        ["workspace_id", sa.text("split_part(email, '@', 2)")],
    )
    op.create_table(
        "sequence_steps",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("seq_number", sa.Integer(), nullable=False),
        sa.Column("delay_days", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("email_body", sa.Text(), nullable=True),
        sa.Column(
            "extra",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "campaign_id"],
            ["campaigns.workspace_id", "campaigns.id"],
            name=op.f("sequence_steps_workspace_id_campaign_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("sequence_steps_pkey")),
        sa.UniqueConstraint(
            "workspace_id",
            "campaign_id",
            "seq_number",
            name=op.f("sequence_steps_workspace_id_campaign_id_seq_number_key"),
        ),
    )

    tell_planner()


SAMPLES = {
    "campaigns": ("id, name, status, lead_source", "n, '', '', ''"),
    "sequence_steps": ("id, campaign_id, seq_number, delay_days", "n, n, n, n"),
    "leads": ("id, email, linkedin_key", "n, n::text, n::text"),
    "lead_linkedin": ("linkedin_key, lead_id", "n::text, n"),
    "campaign_leads": ("id, campaign_id, lead_id, status", "n, n, n, n::text"),
    "lead_events": ("id, lead_id, campaign_id, type, source", "n, n, n, '', ''"),
    "tombstones": ("email, campaign_id, deleted_at", "n::text, n, now()"),
    "suppressions": ("id, kind, entry, source", "n, '', n::text, ''"),
    "imports": ("id, campaign_id, source, state", "n, n, '', ''"),
    "import_rows": ("import_id, run, row_no, code", "n, n, n, ''"),
    "counters": ("campaign_id, counter, day, n", "n, n::text, current_date, n"),
    "counter_deltas": ("id, campaign_id, counter, day, n", "n, n, n::text, current_date, n"),
    "audit_log": ("id, action, target", "n, '', ''"),
}
"""A row of each tenant table, out of a number."""


def tell_planner() -> None:
    """Let the statistics say that workspace_id alone selects nothing, and that the rest of a key
    does.

    Every index begins with workspace_id. Without statistics the planner takes that column to be as
    selective as a whole key, and may look a lead up through an index that finds its workspace only;
    foreign keys keep such a plan for the life of a connection. So a few rows of workspaces that do
    not exist are analyzed, and taken out again.
    """
    for table, (columns, row) in SAMPLES.items():
        op.execute(f"alter table {table} alter column workspace_id set (n_distinct = 1)")
        op.execute(
            f"insert into {table} (workspace_id, {columns})"
            f" select -n, {row} from generate_series(1, 5) n"
        )
        op.execute(f"analyze {table}")
    for table in reversed(SAMPLES):
        op.execute(f"delete from {table} where workspace_id < 0")


def downgrade() -> None:
    op.drop_table("sequence_steps")
    op.drop_table("campaign_leads")
    op.drop_table("workspaces")
    op.drop_index(op.f("tombstones_workspace_id_campaign_id_idx"), table_name="tombstones")
    op.drop_table("tombstones")
    op.drop_index(
        op.f("suppressions_workspace_id_campaign_id_idx"),
        table_name="suppressions",
        postgresql_where=sa.text("campaign_id is not null"),
    )
    op.drop_index(
        "suppressions_unsubscribe_idx",
        table_name="suppressions",
        postgresql_where=sa.text("kind = 'unsubscribe'"),
    )
    op.drop_index(
        "suppressions_do_not_contact_idx",
        table_name="suppressions",
        postgresql_where=sa.text("kind = 'do_not_contact'"),
    )
    op.drop_index(
        "suppressions_block_idx",
        table_name="suppressions",
        postgresql_where=sa.text("kind = 'block'"),
    )
    op.drop_table("suppressions")
    op.drop_table("leads")
    op.drop_table("lead_linkedin")
    op.drop_index(op.f("lead_events_workspace_id_lead_id_id_idx"), table_name="lead_events")
    op.drop_index(op.f("lead_events_workspace_id_campaign_id_id_idx"), table_name="lead_events")
    op.drop_table("lead_events")
    op.drop_index(
        "jobs_singleton_key",
        table_name="jobs",
        postgresql_where=sa.text("singleton and state = 'queued'"),
    )
    op.drop_index(
        op.f("jobs_run_at_idx"),
        table_name="jobs",
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.drop_index(
        op.f("jobs_workspace_id_run_at_idx"),
        table_name="jobs",
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.drop_index(
        "jobs_running_idx",
        table_name="jobs",
        postgresql_where=sa.text("state = 'running'"),
    )
    op.drop_index(
        op.f("jobs_finished_at_idx"),
        table_name="jobs",
        postgresql_where=sa.text("finished_at is not null"),
    )
    op.drop_table("jobs")
    op.drop_index(op.f("imports_workspace_id_campaign_id_id_idx"), table_name="imports")
    op.drop_table("imports")
    op.drop_table("import_rows")
    op.drop_table("counters")
    op.drop_table("counter_deltas")
    op.drop_table("campaigns")
    op.drop_table("audit_log")
    op.drop_index(op.f("api_keys_workspace_id_id_idx"), table_name="api_keys")
    op.drop_index(op.f("api_keys_key_hash_idx"), table_name="api_keys")
    op.drop_table("api_keys")

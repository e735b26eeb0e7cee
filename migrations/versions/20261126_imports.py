"""imports: files, where they are, what they changed, and who watches them

Revision ID: 20261126_imports
Revises: 20261124_trust
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261126_imports"
down_revision = "20261124_trust"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())
NOW = sa.text("now()")


def import_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("origin", JSONB, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("upload_id", sa.BigInteger(), nullable=True),
        sa.Column("format", JSONB, nullable=True),
        sa.Column("preview", JSONB, nullable=True),
        sa.Column("cursor", JSONB, nullable=True),
        sa.Column("by_normalisation", JSONB, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("working_s", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("undo", JSONB, nullable=True),
    )


def row_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("line", sa.BigInteger(), nullable=True),
        sa.Column("taken", sa.Boolean(), nullable=True),
        sa.Column("linkedin_key", sa.Text(), nullable=True),
        sa.Column("before", JSONB, nullable=True),
        sa.Column("undone", sa.Text(), nullable=True),
    )


ROW_INDEXES = {
    "import_rows_taken_idx": (["email"], "taken"),
    "import_rows_linkedin_idx": (["linkedin_key"], "linkedin_key is not null"),
    "import_rows_refused_idx": (
        ["code", "row_no"],
        "line is not null and code not in ('added', 'updated', 'unchanged')",
    ),
}


def upgrade() -> None:
    # Whoever comes meanwhile waits behind us.
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "uploads",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("packed_as", sa.Text(), nullable=True),
        sa.Column("text_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("uploads_pkey")),
    )
    op.create_index(
        op.f("uploads_workspace_id_created_at_idx"), "uploads", ["workspace_id", "created_at"]
    )
    op.create_table(
        "stream_tickets",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("stream_tickets_pkey")),
    )
    op.create_index(op.f("stream_tickets_created_at_idx"), "stream_tickets", ["created_at"])
    op.alter_column("imports", "campaign_id", nullable=True)
    for column in import_columns():
        op.add_column("imports", column)
    for column in row_columns():
        op.add_column("import_rows", column)
    for name in ("push", "upload"):
        columns = {"push": ["push", "id"], "upload": ["upload_id"]}[name]
        op.create_index(
            f"imports_{name}_idx",
            "imports",
            ["workspace_id", *columns],
            postgresql_where=sa.text(f"{columns[0]} is not null"),
        )
    # Nothing is in them yet, but the whole ledger is looked through.
    with op.get_context().autocommit_block():
        for name, (columns, condition) in ROW_INDEXES.items():
            op.create_index(
                name,
                "import_rows",
                ["workspace_id", "import_id", "run", *columns],
                postgresql_where=sa.text(condition),
                postgresql_concurrently=True,
                if_not_exists=True,
            )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for name in ROW_INDEXES:
        op.drop_index(name, table_name="import_rows")
    for name in ("push", "upload"):
        op.drop_index(f"imports_{name}_idx", table_name="imports")
    for column in reversed(row_columns()):
        op.drop_column("import_rows", column.name)
    for column in reversed(import_columns()):
        op.drop_column("imports", column.name)
    op.execute("delete from imports where campaign_id is null")
    op.alter_column("imports", "campaign_id", nullable=False)
    op.drop_table("stream_tickets")
    op.drop_table("uploads")

"""imports: files, how far they are, and what they changed

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


def document() -> postgresql.JSONB:
    return postgresql.JSONB(astext_type=sa.Text())


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
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("uploads_pkey")),
    )
    op.create_index(
        op.f("uploads_workspace_id_created_at_idx"), "uploads", ["workspace_id", "created_at"]
    )
    op.add_column("imports", sa.Column("upload_id", sa.BigInteger(), nullable=True))
    op.add_column("imports", sa.Column("format", document(), nullable=True))
    op.add_column("imports", sa.Column("preview", document(), nullable=True))
    op.add_column("imports", sa.Column("cursor", document(), nullable=True))
    op.add_column(
        "imports",
        sa.Column("by_normalisation", document(), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column(
        "imports",
        sa.Column("working_s", sa.Double(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("imports", sa.Column("job_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "imports_upload_idx",
        "imports",
        ["workspace_id", "upload_id"],
        postgresql_where=sa.text("upload_id is not null"),
    )
    op.add_column("import_rows", sa.Column("line", sa.BigInteger(), nullable=True))
    op.add_column("import_rows", sa.Column("taken", sa.Boolean(), nullable=True))
    op.add_column("import_rows", sa.Column("linkedin_key", sa.Text(), nullable=True))
    op.add_column("import_rows", sa.Column("before", document(), nullable=True))


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for column in ("before", "linkedin_key", "taken", "line"):
        op.drop_column("import_rows", column)
    op.drop_index("imports_upload_idx", table_name="imports")
    for column in (
        *("job_id", "working_s", "by_normalisation"),
        *("cursor", "preview", "format", "upload_id"),
    ):
        op.drop_column("imports", column)
    op.drop_table("uploads")

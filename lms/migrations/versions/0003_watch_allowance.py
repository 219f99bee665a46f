"""How much new film somebody may be credited with, and what was reported beyond it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watch_allowance",
        sa.Column("supporter_id", sa.Integer(), nullable=False),
        sa.Column("allowance_ms", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("allowance_ms >= 0", name=op.f("ck_watch_allowance_is_not_overdrawn")),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_watch_allowance_supporter_id_supporter")
        ),
        sa.PrimaryKeyConstraint("supporter_id", name=op.f("pk_watch_allowance")),
    )
    op.add_column("viewing", sa.Column("unverified", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("viewing", "unverified")
    op.drop_table("watch_allowance")

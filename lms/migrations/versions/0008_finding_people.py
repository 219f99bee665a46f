"""What people are found by; mails that were called off; what was done with many people at once."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
INDEXES = {
    "ix_supporter_role_registered_at": ["role", "registered_at", "id"],
    "ix_supporter_role_sort_name": ["role", "sort_name", "id"],
    "ix_supporter_experience": ["experience_declared", "experience_confirmed_at", "wish", "registered_at"],
    "ix_supporter_phone_hash": ["phone_hash"],
    "ix_supporter_phone_end_hash": ["phone_end_hash"],
}


def upgrade() -> None:
    # Filled by a sweep on the first start: hashes need the keys, which the database does not know.
    op.add_column("supporter", sa.Column("phone_hash", sa.Text(), nullable=True))
    op.add_column("supporter", sa.Column("phone_end_hash", sa.Text(), nullable=True))
    op.add_column("supporter", sa.Column("search_text", sa.Text(), server_default="", nullable=False))
    op.add_column("supporter", sa.Column("sort_name", sa.Text(), server_default="", nullable=False))
    for name, columns in INDEXES.items():
        op.create_index(name, "supporter", columns)
    op.add_column("mail", sa.Column("called_off_at", MOMENT, nullable=True))
    op.create_table(
        "bulk_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('remind', 'hold', 'let_go', 'batch', 'confirm')", name=op.f("ck_bulk_action_bulkkind")
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name=op.f("ck_bulk_action_confirmed_by_somebody")
        ),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by_id IS NULL)", name=op.f("ck_bulk_action_undone_by_somebody")
        ),
        sa.CheckConstraint(
            "undone_at IS NULL OR confirmed_at IS NOT NULL", name=op.f("ck_bulk_action_undone_was_confirmed")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["supporter.id"], name=op.f("fk_bulk_action_by_id_supporter")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["supporter.id"], name=op.f("fk_bulk_action_confirmed_by_id_supporter")
        ),
        sa.ForeignKeyConstraint(["undone_by_id"], ["supporter.id"], name=op.f("fk_bulk_action_undone_by_id_supporter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_action")),
    )
    op.create_table(
        "bulk_target",
        sa.Column("bulk_action_id", sa.Integer(), nullable=False),
        sa.Column("supporter_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=True),
        sa.Column("made", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('done', 'nothing_missing', 'reminded_today', 'no_papers', 'not_due', 'not_held', 'no_address',"
            " 'in_batch', 'not_declared', 'confirmed_already', 'changed_since', 'undone', 'too_late')",
            name=op.f("ck_bulk_target_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["bulk_action_id"], ["bulk_action.id"], name=op.f("fk_bulk_target_bulk_action_id_bulk_action")
        ),
        sa.ForeignKeyConstraint(["supporter_id"], ["supporter.id"], name=op.f("fk_bulk_target_supporter_id_supporter")),
        sa.PrimaryKeyConstraint("bulk_action_id", "supporter_id", name=op.f("pk_bulk_target")),
    )


def downgrade() -> None:
    op.drop_table("bulk_target")
    op.drop_table("bulk_action")
    op.drop_column("mail", "called_off_at")
    for name in INDEXES:
        op.drop_index(name, "supporter")
    for column in ("sort_name", "search_text", "phone_end_hash", "phone_hash"):
        op.drop_column("supporter", column)

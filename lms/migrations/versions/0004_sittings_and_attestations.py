"""The sittings behind each viewing instead of an allowance, and lectures seen elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("watch_allowance")
    op.alter_column("viewing", "updated_at", new_column_name="position_at")
    op.create_index("ix_viewing_recording_id", "viewing", ["recording_id"])
    op.create_table(
        "sitting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supporter_id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("play_session", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("segments", sa.JSON(), nullable=False),
        sa.Column("reports", sa.JSON(), nullable=False),
        sa.Column("credited_ms", sa.Integer(), nullable=False),
        sa.Column("rate", sa.Double(), nullable=False),
        sa.CheckConstraint("credited_ms >= 0", name=op.f("ck_sitting_counts_from_zero")),
        sa.CheckConstraint("first_at <= last_at", name=op.f("ck_sitting_ends_after_it_began")),
        sa.CheckConstraint("rate > 0", name=op.f("ck_sitting_moves_forward")),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"], name=op.f("fk_sitting_recording_id_recording")),
        sa.ForeignKeyConstraint(["supporter_id"], ["supporter.id"], name=op.f("fk_sitting_supporter_id_supporter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting")),
        sa.UniqueConstraint("supporter_id", "play_session", name=op.f("uq_sitting_supporter_id_play_session")),
    )
    op.create_index("ix_sitting_supporter_id_opened_at", "sitting", ["supporter_id", "opened_at"])
    op.create_index("ix_sitting_recording_id", "sitting", ["recording_id"])
    op.create_table(
        "attestation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supporter_id", sa.Integer(), nullable=False),
        sa.Column("lecture_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("attested_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_attestation_has_a_reason")),
        sa.ForeignKeyConstraint(["by_id"], ["supporter.id"], name=op.f("fk_attestation_by_id_supporter")),
        sa.ForeignKeyConstraint(["lecture_id"], ["lecture.id"], name=op.f("fk_attestation_lecture_id_lecture")),
        sa.ForeignKeyConstraint(["supporter_id"], ["supporter.id"], name=op.f("fk_attestation_supporter_id_supporter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestation")),
        sa.UniqueConstraint("supporter_id", "lecture_id", name=op.f("uq_attestation_supporter_id_lecture_id")),
    )


def downgrade() -> None:
    op.drop_table("attestation")
    op.drop_table("sitting")
    op.drop_index("ix_viewing_recording_id", "viewing")
    op.alter_column("viewing", "position_at", new_column_name="updated_at")
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

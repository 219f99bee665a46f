"""Whether somebody wants furigana, and the sentences that readers report as wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("supporter", sa.Column("furigana", sa.Boolean(), nullable=True))
    op.create_table(
        "wrong_sentence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("better", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("reported_by_id", sa.Integer(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by_id IS NULL)", name=op.f("ck_wrong_sentence_settled_by_somebody")
        ),
        sa.CheckConstraint("sentence <> ''", name=op.f("ck_wrong_sentence_names_a_sentence")),
        sa.ForeignKeyConstraint(
            ["reported_by_id"], ["supporter.id"], name=op.f("fk_wrong_sentence_reported_by_id_supporter")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["supporter.id"], name=op.f("fk_wrong_sentence_settled_by_id_supporter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_sentence")),
    )
    op.create_index(
        "ix_wrong_sentence_open",
        "wrong_sentence",
        ["reported_at"],
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_wrong_sentence_open", "wrong_sentence")
    op.drop_table("wrong_sentence")
    op.drop_column("supporter", "furigana")

"""Papers in the archive: each with its hash and data, and the texts it was set from."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "paper_template",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("zipped", sa.LargeBinary(), nullable=False),
        sa.Column("first_used_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_paper_template")),
    )
    op.create_table(
        "archived_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("memorandum_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("template_version", sa.Text(), nullable=False),
        sa.Column("typesetter", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('pack', 'follow_up')", name=op.f("ck_archived_paper_paperkind")),
        sa.ForeignKeyConstraint(
            ["memorandum_id"], ["memorandum.id"], name=op.f("fk_archived_paper_memorandum_id_memorandum")
        ),
        sa.ForeignKeyConstraint(
            ["template_version"],
            ["paper_template.version"],
            name=op.f("fk_archived_paper_template_version_paper_template"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archived_paper")),
        sa.UniqueConstraint("memorandum_id", "sha256", name=op.f("uq_archived_paper_memorandum_id_sha256")),
    )


def downgrade() -> None:
    op.drop_table("archived_paper")
    op.drop_table("paper_template")

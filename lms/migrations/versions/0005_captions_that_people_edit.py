"""Captions with chapters, drafts and versions, and their lines for the search over all lectures.

The lines of captions that were there before are made by the next daily sweep.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("caption", sa.Column("kind", sa.String(40), nullable=True))
    op.add_column("caption", sa.Column("state", sa.String(40), nullable=True))
    op.add_column("caption", sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("caption", sa.Column("updated_by_id", sa.Integer(), nullable=True))
    op.add_column("caption", sa.Column("version", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE caption SET kind = 'captions', state = 'shown', version = 1,"
        " updated_at = (SELECT added_at FROM recording WHERE recording.id = caption.recording_id)"
    )
    op.execute("DELETE FROM caption WHERE webvtt = ''")
    with op.batch_alter_table("caption") as batch:
        for name in ("kind", "state"):
            batch.alter_column(name, existing_type=sa.String(40), nullable=False)
        batch.alter_column("updated_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch.alter_column("version", existing_type=sa.Integer(), nullable=False)
        batch.drop_constraint("uq_caption_recording_id_language", type_="unique")
        batch.create_unique_constraint(
            op.f("uq_caption_recording_id_kind_language"), ["recording_id", "kind", "language"]
        )
        batch.create_check_constraint(op.f("ck_caption_captionkind"), "kind IN ('captions', 'chapters')")
        batch.create_check_constraint(op.f("ck_caption_captionstate"), "state IN ('draft', 'shown')")
        batch.create_check_constraint(op.f("ck_caption_drafts_are_captions"), "kind = 'captions' OR state = 'shown'")
        batch.create_check_constraint(op.f("ck_caption_says_something"), "webvtt <> ''")
        batch.create_foreign_key(op.f("fk_caption_updated_by_id_supporter"), "supporter", ["updated_by_id"], ["id"])
    op.create_table(
        "caption_line",
        sa.Column("caption_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["caption_id"], ["caption.id"], name=op.f("fk_caption_line_caption_id_caption"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("caption_id", "number", name=op.f("pk_caption_line")),
    )


def downgrade() -> None:
    op.drop_table("caption_line")
    op.execute("DELETE FROM caption WHERE kind <> 'captions' OR state <> 'shown'")
    with op.batch_alter_table("caption") as batch:
        batch.drop_constraint("fk_caption_updated_by_id_supporter", type_="foreignkey")
        for name in ("says_something", "drafts_are_captions", "captionstate", "captionkind"):
            batch.drop_constraint(op.f(f"ck_caption_{name}"), type_="check")
        batch.drop_constraint("uq_caption_recording_id_kind_language", type_="unique")
        batch.create_unique_constraint(op.f("uq_caption_recording_id_language"), ["recording_id", "language"])
        for name in ("version", "updated_by_id", "updated_at", "state", "kind"):
            batch.drop_column(name)

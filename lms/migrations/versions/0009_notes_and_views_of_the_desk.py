"""The secretariat's notes about people; failed mails that have been settled; what the desk asks every day."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
FAILED = sa.text("failed_at IS NOT NULL AND settled_at IS NULL")
GIVEN_UP = sa.text("gave_up_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "supporter_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supporter_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("struck_out_at", MOMENT, nullable=True),
        sa.Column("struck_out_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(struck_out_at IS NULL) = (struck_out_by_id IS NULL)",
            name=op.f("ck_supporter_note_struck_out_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["supporter.id"], name=op.f("fk_supporter_note_by_id_supporter")),
        sa.ForeignKeyConstraint(
            ["struck_out_by_id"], ["supporter.id"], name=op.f("fk_supporter_note_struck_out_by_id_supporter")
        ),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_supporter_note_supporter_id_supporter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supporter_note")),
    )
    op.create_index("ix_supporter_note_supporter_id", "supporter_note", ["supporter_id", "id"])
    op.add_column("mail", sa.Column("settled_at", MOMENT, nullable=True))
    with op.batch_alter_table("mail") as batch:
        batch.create_check_constraint(op.f("ck_mail_settled_had_failed"), "settled_at IS NULL OR failed_at IS NOT NULL")
        batch.create_index("ix_mail_failed", ["failed_at"], sqlite_where=FAILED, postgresql_where=FAILED)
    op.create_index("ix_response_state_submitted_at", "response", ["state", "submitted_at", "id"])
    op.create_index(
        "ix_supporter_experience_waits",
        "supporter",
        ["registered_at"],
        sqlite_where=sa.text("experience_declared = 1 AND experience_confirmed_at IS NULL"),
        postgresql_where=sa.text("experience_declared AND experience_confirmed_at IS NULL"),
    )
    op.create_index(
        "ix_owed_work_given_up", "owed_work", ["gave_up_at"], sqlite_where=GIVEN_UP, postgresql_where=GIVEN_UP
    )


def downgrade() -> None:
    op.drop_index("ix_owed_work_given_up", table_name="owed_work")
    op.drop_index("ix_supporter_experience_waits", table_name="supporter")
    op.drop_index("ix_response_state_submitted_at", table_name="response")
    with op.batch_alter_table("mail") as batch:
        batch.drop_index("ix_mail_failed")
        batch.drop_constraint(op.f("ck_mail_settled_had_failed"), type_="check")
        batch.drop_column("settled_at")
    op.drop_table("supporter_note")

"""The side paths of memoranda, batches, what came back; mails that are told once and mails that failed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BEFORE = ("due", "printed", "posted", "returned", "checked", "complete")
AFTER = (*BEFORE, "held", "undeliverable", "incomplete", "withdrawn")
PRINTED = (*BEFORE[1:], "undeliverable", "incomplete")
POSTED = (*BEFORE[2:], "undeliverable", "incomplete")


def _is(states: tuple[str, ...]) -> str:
    return "state IN ({})".format(", ".join(f"'{state}'" for state in states))


def _if(states: tuple[str, ...], holds: str) -> str:
    return f"state = 'withdrawn' OR ({_is(states)}) = ({holds})"


CHECKS = {
    "printed_has_date": (f"({_is(BEFORE[1:])}) = (printed_at IS NOT NULL)", _if(PRINTED, "printed_at IS NOT NULL")),
    "returned_has_date": (
        f"({_is(BEFORE[3:])}) = (returned_on IS NOT NULL)",
        _if(BEFORE[3:], "returned_on IS NOT NULL"),
    ),
    "returned_is_signed": (f"({_is(BEFORE[3:])}) = (signing IS NOT NULL)", _if(BEFORE[3:], "signing IS NOT NULL")),
    "checked_by_somebody": (
        f"({_is(BEFORE[4:])}) = (checked_by_id IS NOT NULL)",
        _if(BEFORE[4:], "checked_by_id IS NOT NULL"),
    ),
    "complete_has_date": (
        f"({_is(BEFORE[5:])}) = (completed_at IS NOT NULL)",
        _if(BEFORE[5:], "completed_at IS NOT NULL"),
    ),
    "state": (_is(BEFORE), _is(AFTER)),
}
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _mails()
    _batches()
    op.add_column("posting", sa.Column("kind", sa.String(40), nullable=True))
    op.execute("UPDATE posting SET kind = 'pack'")
    with op.batch_alter_table("posting") as batch:
        batch.alter_column("kind", existing_type=sa.String(40), nullable=False)
        batch.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("postage_yen", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("weight_g", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("came_back_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("reminded_at", MOMENT, nullable=True))
        batch.create_foreign_key(op.f("fk_posting_batch_id_batch"), "batch", ["batch_id"], ["id"])
        batch.create_check_constraint(op.f("ck_posting_postingkind"), "kind IN ('pack', 'follow_up')")
        batch.create_check_constraint(
            op.f("ck_posting_came_back_after_it_went"), "came_back_on IS NULL OR came_back_on >= posted_on"
        )
        batch.create_check_constraint(op.f("ck_posting_postage_is_positive"), "postage_yen IS NULL OR postage_yen > 0")
        batch.create_index("ix_posting_memorandum_id", ["memorandum_id"])
        batch.create_index(
            "uq_posting_once_a_batch",
            ["batch_id", "memorandum_id"],
            unique=True,
            sqlite_where=sa.text("batch_id IS NOT NULL"),
            postgresql_where=sa.text("batch_id IS NOT NULL"),
        )
    op.add_column("memorandum", sa.Column("posting_id", sa.Integer(), nullable=True))
    op.add_column("memorandum", sa.Column("aside_reason", sa.Text(), nullable=True))
    op.execute(
        "UPDATE memorandum SET posting_id ="
        " (SELECT max(posting.id) FROM posting WHERE posting.memorandum_id = memorandum.id)"
        " WHERE state IN ('posted', 'returned', 'checked', 'complete')"
    )
    with op.batch_alter_table("memorandum") as batch:
        for name, (_, after) in CHECKS.items():
            batch.drop_constraint(op.f(f"ck_memorandum_{name}"), type_="check")
            batch.create_check_constraint(op.f(f"ck_memorandum_{name}"), after)
        batch.create_check_constraint(op.f("ck_memorandum_posted_has_posting"), _if(POSTED, "posting_id IS NOT NULL"))
        batch.create_check_constraint(
            op.f("ck_memorandum_aside_has_reason"), "(state IN ('held', 'withdrawn')) = (aside_reason IS NOT NULL)"
        )
        batch.create_foreign_key(op.f("fk_memorandum_posting_id_posting"), "posting", ["posting_id"], ["id"])
        batch.create_index("ix_memorandum_state_due_at", ["state", "due_at", "id"])
    _returns()


def _returns() -> None:
    # What had come back by then was in order; without its row a later look at it would find both sheets missing.
    entered = (
        "SELECT {} FROM history WHERE history.subject_kind = 'memorandum' AND history.subject_id = memorandum.id"
        " AND history.step = 'memorandum.returned' ORDER BY history.id DESC LIMIT 1"
    )
    op.execute(
        "INSERT INTO paper_return (memorandum_id, returned_on, has_memorandum, signing, has_bank_form, faults,"  # noqa: S608 – our own words
        " faults_count, note, recorded_at, recorded_by_id)"
        " SELECT id, returned_on, true, signing, true, '[]', 0, '',"
        f" coalesce(({entered.format('history.at')}), checked_at, due_at),"
        f" coalesce(({entered.format('history.by_id')}), checked_by_id, supporter_id)"
        f" FROM memorandum WHERE {_is(BEFORE[3:])} ORDER BY id"
    )


def _mails() -> None:
    for column in (
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("begun_at", MOMENT, nullable=True),
        sa.Column("failed_at", MOMENT, nullable=True),
        sa.Column("failure", sa.String(40), nullable=True),
    ):
        op.add_column("mail", column)
    with op.batch_alter_table("mail") as batch:
        batch.create_unique_constraint(op.f("uq_mail_key"), ["key"])
        batch.create_check_constraint(op.f("ck_mail_failed_says_why"), "(failed_at IS NULL) = (failure IS NULL)")
        batch.create_check_constraint(op.f("ck_mail_mailfailure"), "failure IN ('refused', 'came_back', 'unsure')")
        batch.create_index("ix_mail_supporter_id", ["supporter_id"])


def _batches() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("released_at", MOMENT, nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("pdf_keys", sa.JSON(), nullable=False),
        sa.Column("printed_at", MOMENT, nullable=True),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('chosen', 'released', 'printed', 'posted', 'cancelled')", name=op.f("ck_batch_batchstate")
        ),
        sa.CheckConstraint(
            "(released_at IS NULL) = (released_by_id IS NULL)", name=op.f("ck_batch_released_by_somebody")
        ),
        sa.CheckConstraint(
            "state = 'cancelled' OR (state = 'chosen') = (released_at IS NULL)",
            name=op.f("ck_batch_released_before_printed"),
        ),
        sa.CheckConstraint(
            "(state IN ('printed', 'posted')) = (printed_at IS NOT NULL)", name=op.f("ck_batch_printed_has_date")
        ),
        sa.CheckConstraint("(state = 'posted') = (posted_on IS NOT NULL)", name=op.f("ck_batch_posted_has_date")),
        sa.ForeignKeyConstraint(["made_by_id"], ["supporter.id"], name=op.f("fk_batch_made_by_id_supporter")),
        sa.ForeignKeyConstraint(["released_by_id"], ["supporter.id"], name=op.f("fk_batch_released_by_id_supporter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_table(
        "batch_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("memorandum_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("accepted_findings", sa.JSON(), nullable=False),
        sa.Column("taken_out", sa.Boolean(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.CheckConstraint("position > 0", name=op.f("ck_batch_item_counts_from_one")),
        sa.CheckConstraint("NOT taken_out OR closed_at IS NOT NULL", name=op.f("ck_batch_item_taken_out_is_closed")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_item_batch_id_batch")),
        sa.ForeignKeyConstraint(
            ["memorandum_id"], ["memorandum.id"], name=op.f("fk_batch_item_memorandum_id_memorandum")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_item")),
        sa.UniqueConstraint("batch_id", "memorandum_id", name=op.f("uq_batch_item_batch_id_memorandum_id")),
        sa.UniqueConstraint("batch_id", "position", name=op.f("uq_batch_item_batch_id_position")),
    )
    op.create_index(
        "uq_batch_item_one_open",
        "batch_item",
        ["memorandum_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "paper_return",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("memorandum_id", sa.Integer(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("has_memorandum", sa.Boolean(), nullable=False),
        sa.Column("signing", sa.String(40), nullable=True),
        sa.Column("has_bank_form", sa.Boolean(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("faults_count", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("signing IN ('sealed', 'signed')", name=op.f("ck_paper_return_signing")),
        sa.CheckConstraint(
            "has_memorandum OR has_bank_form OR faults_count > 0", name=op.f("ck_paper_return_says_something")
        ),
        sa.CheckConstraint("signing IS NULL OR has_memorandum", name=op.f("ck_paper_return_signed_is_there")),
        sa.ForeignKeyConstraint(
            ["memorandum_id"], ["memorandum.id"], name=op.f("fk_paper_return_memorandum_id_memorandum")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["supporter.id"], name=op.f("fk_paper_return_recorded_by_id_supporter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_return")),
    )
    op.create_index("ix_paper_return_memorandum_id", "paper_return", ["memorandum_id"])


def downgrade() -> None:
    # What was aside goes back to the last step of the way that it had reached.
    op.execute("UPDATE memorandum SET state = 'posted' WHERE state IN ('undeliverable', 'incomplete')")
    op.execute("UPDATE memorandum SET state = 'due', printed_at = NULL WHERE state IN ('held', 'withdrawn')")
    op.execute("UPDATE memorandum SET returned_on = NULL, signing = NULL WHERE state IN ('due', 'posted')")
    with op.batch_alter_table("memorandum") as batch:
        batch.drop_index("ix_memorandum_state_due_at")
        batch.drop_constraint(op.f("fk_memorandum_posting_id_posting"), type_="foreignkey")
        for name in ("aside_has_reason", "posted_has_posting"):
            batch.drop_constraint(op.f(f"ck_memorandum_{name}"), type_="check")
        for name, (before, _) in CHECKS.items():
            batch.drop_constraint(op.f(f"ck_memorandum_{name}"), type_="check")
            batch.create_check_constraint(op.f(f"ck_memorandum_{name}"), before)
        batch.drop_column("aside_reason")
        batch.drop_column("posting_id")
    op.execute("DELETE FROM posting WHERE kind <> 'pack'")
    with op.batch_alter_table("posting") as batch:
        batch.drop_index("uq_posting_once_a_batch")
        batch.drop_index("ix_posting_memorandum_id")
        for name in ("postage_is_positive", "came_back_after_it_went", "postingkind"):
            batch.drop_constraint(op.f(f"ck_posting_{name}"), type_="check")
        batch.drop_constraint(op.f("fk_posting_batch_id_batch"), type_="foreignkey")
        for name in ("reminded_at", "came_back_on", "weight_g", "postage_yen", "batch_id", "kind"):
            batch.drop_column(name)
    op.drop_table("paper_return")
    op.drop_table("batch_item")
    op.drop_table("batch")
    with op.batch_alter_table("mail") as batch:
        batch.drop_index("ix_mail_supporter_id")
        for name in ("mailfailure", "failed_says_why"):
            batch.drop_constraint(op.f(f"ck_mail_{name}"), type_="check")
        batch.drop_constraint(op.f("uq_mail_key"), type_="unique")
        for name in ("failure", "failed_at", "begun_at", "key"):
            batch.drop_column(name)

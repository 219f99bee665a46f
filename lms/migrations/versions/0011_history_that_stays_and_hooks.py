"""History that cannot be changed and is sealed; the address of the feed; a lane for somebody else's server."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KEPT = ("history", "history_seal")
BEFORE, AFTER = "lane IN ('quick', 'slow')", "lane IN ('quick', 'slow', 'outside')"


def upgrade() -> None:
    op.create_table(
        "history_seal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("digests", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("sealed_at", MOMENT, nullable=False),
        sa.CheckConstraint("last_id > after_id", name=op.f("ck_history_seal_seals_something")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_seal")),
        sa.UniqueConstraint("after_id", name=op.f("uq_history_seal_after_id")),
    )
    op.create_table(
        "feed_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["supporter.id"], name=op.f("fk_feed_token_made_by_id_supporter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_token")),
        sa.UniqueConstraint("number", name=op.f("uq_feed_token_number")),
        sa.UniqueConstraint("sha256", name=op.f("uq_feed_token_sha256")),
    )
    op.create_index("ix_history_step", "history", ["step", "id"])
    _lanes(AFTER)
    for statement in _guards():
        op.execute(statement)


def downgrade() -> None:
    for statement in _without_guards():
        op.execute(statement)
    op.execute("DELETE FROM owed_work WHERE lane = 'outside'")
    _lanes(BEFORE)
    op.drop_index("ix_history_step", table_name="history")
    op.drop_table("feed_token")
    op.drop_table("history_seal")


def _lanes(check: str) -> None:
    with op.batch_alter_table("owed_work") as batch:
        batch.drop_constraint(op.f("ck_owed_work_lane"), type_="check")
        batch.create_check_constraint(op.f("ck_owed_work_lane"), check)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _guards() -> list[str]:
    if not _is_sqlite():
        refuse = "BEGIN RAISE EXCEPTION '% is never changed', TG_TABLE_NAME; END"
        return [
            f"CREATE FUNCTION never_changed() RETURNS trigger LANGUAGE plpgsql AS $$ {refuse} $$",
            *(
                f"CREATE TRIGGER {table}_{name} BEFORE {when} ON {table} FOR EACH {each} EXECUTE FUNCTION never_changed()"
                for table in KEPT
                for name, when, each in (
                    ("stays", "UPDATE OR DELETE", "ROW"),
                    ("is_not_emptied", "TRUNCATE", "STATEMENT"),
                )
            ),
        ]
    # INSERT OR REPLACE takes a row away without asking the trigger on DELETE.
    return [
        f"CREATE TRIGGER {table}_{name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{table} is never changed'); END"
        for table in KEPT
        for name, when in (
            ("is_not_changed", f"UPDATE ON {table}"),
            ("is_not_deleted", f"DELETE ON {table}"),
            ("is_not_replaced", f"INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"),  # noqa: S608 – our own two tables
        )
    ]


def _without_guards() -> list[str]:
    if _is_sqlite():
        names = ("is_not_changed", "is_not_deleted", "is_not_replaced")
        return [f"DROP TRIGGER {table}_{name}" for table in KEPT for name in names]
    names = ("stays", "is_not_emptied")
    return [
        *(f"DROP TRIGGER {table}_{name} ON {table}" for table in KEPT for name in names),
        "DROP FUNCTION never_changed()",
    ]

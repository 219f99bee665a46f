"""Programmes in versions, lectures that cannot be watched by days, decisions that name what they rest on."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TOKYO = timedelta(hours=9)

programme = sa.table(
    "programme",
    *(sa.column(name, sa.JSON()) for name in ("titles", "required", "require_watched", "honorarium")),
    *(sa.column(name) for name in ("id", "confirmation", "claim_within_months", "earlier")),
    *(sa.column(name, sa.Date()) for name in ("first_day", "last_day")),
)
lecture = sa.table("lecture", sa.column("id"), sa.column("code"))
version = sa.table(
    "programme_version",
    *(sa.column(name) for name in ("id", "programme_id", "number", "note")),
    sa.column("rules", sa.JSON()),
    sa.column("saved_at", MOMENT),
)
exemption = sa.table(
    "survey_exemption",
    *(sa.column(name) for name in ("id", "programme_id", "lecture_id")),
    *(sa.column(name, sa.Date()) for name in ("first", "last")),
    sa.column("reasons", sa.JSON()),
)
not_viewable = sa.table(
    "not_viewable",
    *(sa.column(name) for name in ("id", "programme_id", "lecture_id", "year")),
    *(sa.column(name, sa.Date()) for name in ("first", "last")),
    sa.column("reasons", sa.JSON()),
)
response = sa.table(
    "response",
    *(sa.column(name) for name in ("id", "lecture_id", "accepted_by_id")),
    *(sa.column(name, MOMENT) for name in ("submitted_at", "accepted_at")),
)
supporter = sa.table(
    "supporter",
    sa.column("id"),
    sa.column("experience_confirmed_at", MOMENT),
    sa.column("experience_confirmed_by_id"),
)
qualification = sa.table(
    "qualification",
    *(sa.column(name) for name in ("id", "supporter_id", "programme_id", "route", "programme_version_id")),
    sa.column("evidence", sa.JSON()),
    sa.column("confirmed_at", MOMENT),
    sa.column("confirmed_by_id"),
    sa.column("decided_at", MOMENT),
    sa.column("decided_by_id"),
)


def upgrade() -> None:
    op.add_column("programme", sa.Column("earlier", sa.String(40), nullable=True))
    op.execute("UPDATE programme SET earlier = 'again'")
    with op.batch_alter_table("programme") as batch:
        batch.alter_column("earlier", existing_type=sa.String(40), nullable=False)
        batch.create_check_constraint(op.f("ck_programme_earlier"), "earlier IN ('again', 'nothing')")
    _days_for_years()
    op.create_table(
        "programme_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_programme_version_counts_from_one")),
        sa.CheckConstraint("saved_by_id IS NULL OR note <> ''", name=op.f("ck_programme_version_people_say_why")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_programme_version_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["supporter.id"], name=op.f("fk_programme_version_saved_by_id_supporter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_version")),
        sa.UniqueConstraint("programme_id", "number", name=op.f("uq_programme_version_programme_id_number")),
    )
    _first_versions()
    for column in (
        sa.Column("programme_version_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
    ):
        op.add_column("qualification", column)
    _decisions()
    with op.batch_alter_table("qualification") as batch:
        batch.alter_column("programme_version_id", existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key(
            op.f("fk_qualification_programme_version_id_programme_version"),
            "programme_version",
            ["programme_version_id"],
            ["id"],
        )
        batch.create_foreign_key(
            op.f("fk_qualification_confirmed_by_id_supporter"), "supporter", ["confirmed_by_id"], ["id"]
        )
        batch.create_check_constraint(
            op.f("ck_qualification_experience_was_confirmed"),
            "(route = 'experienced') = (confirmed_at IS NOT NULL)",
        )
        batch.create_check_constraint(
            op.f("ck_qualification_confirmed_by_somebody"), "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)"
        )
    op.create_index(
        "ix_response_supporter_id_lecture_id_state", "response", ["supporter_id", "lecture_id", "state", "submitted_at"]
    )


def _days_for_years() -> None:
    with op.batch_alter_table("not_viewable") as batch:
        batch.add_column(sa.Column("first", sa.Date(), nullable=True))
        batch.add_column(sa.Column("last", sa.Date(), nullable=True))
    connection = op.get_bind()
    for row in connection.execute(sa.select(not_viewable.c.id, not_viewable.c.year)).all():
        days = {"first": date(row.year, 4, 1), "last": date(row.year + 1, 3, 31)}
        connection.execute(sa.update(not_viewable).where(not_viewable.c.id == row.id).values(days))
    with op.batch_alter_table("not_viewable") as batch:
        batch.alter_column("first", existing_type=sa.Date(), nullable=False)
        batch.alter_column("last", existing_type=sa.Date(), nullable=False)
        batch.drop_constraint(op.f("uq_not_viewable_programme_id_lecture_id_year"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_not_viewable_programme_id_lecture_id_first"), ["programme_id", "lecture_id", "first"]
        )
        batch.create_check_constraint(op.f("ck_not_viewable_ends_after_it_began"), "first <= last")
        batch.drop_column("year")


def _first_versions() -> None:
    """What the tables say becomes version 1, as if it had been read from a file."""
    connection = op.get_bind()
    codes = dict(connection.execute(sa.select(lecture.c.id, lecture.c.code)).all())

    def dated(table: sa.TableClause, programme_id: int) -> list[dict[str, Any]]:
        wanted = sa.select(table.c.lecture_id, table.c.first, table.c.last, table.c.reasons)
        rows = connection.execute(wanted.where(table.c.programme_id == programme_id).order_by(table.c.id))
        return [
            {"lecture": codes[row[0]], "first": row[1].isoformat(), "last": row[2].isoformat(), "reason": row[3]}
            for row in rows
        ]

    for row in connection.execute(sa.select(programme)).all():
        rules = {
            "title": row.titles,
            "first_day": row.first_day.isoformat(),
            "last_day": row.last_day.isoformat(),
            "required": row.required,
            "confirmation": row.confirmation,
            "exemptions": dated(exemption, row.id),
            "not_viewable": dated(not_viewable, row.id),
            "require_watched": row.require_watched,
            "honorarium": row.honorarium,
            "claim_within_months": row.claim_within_months,
            "earlier": row.earlier,
        }
        first = {"programme_id": row.id, "number": 1, "rules": rules, "note": "", "saved_at": sa.func.now()}
        connection.execute(sa.insert(version).values(first))


def _decisions() -> None:
    """Evidence was a list of response ids; now each says what it was, who accepted it and when."""
    connection = op.get_bind()
    codes = dict(connection.execute(sa.select(lecture.c.id, lecture.c.code)).all())
    versions = dict(connection.execute(sa.select(version.c.programme_id, version.c.id)).all())
    for row in connection.execute(sa.select(qualification)).all():
        judge = connection.execute(sa.select(supporter).where(supporter.c.id == row.supporter_id)).one()
        is_experienced = row.route == "experienced"
        found = connection.execute(sa.select(response).where(response.c.id.in_(row.evidence))).all()
        values = {
            "programme_version_id": versions[row.programme_id],
            "evidence": _told(found, row.evidence, codes),
            "confirmed_at": judge.experience_confirmed_at or row.decided_at if is_experienced else None,
            "confirmed_by_id": (
                judge.experience_confirmed_by_id or row.decided_by_id or row.supporter_id if is_experienced else None
            ),
        }
        connection.execute(sa.update(qualification).where(qualification.c.id == row.id).values(values))


def _told(rows: Iterable[Any], ids: list[int], codes: dict[int, str]) -> list[dict[str, Any]]:
    by_id = {row.id: row for row in rows}
    return [
        {
            "response": row.id,
            "lecture": codes[row.lecture_id],
            "submitted_on": (_in_utc(row.submitted_at) + TOKYO).date().isoformat(),
            "accepted_at": _in_utc(row.accepted_at or row.submitted_at).isoformat(),
            "accepted_by": row.accepted_by_id,
        }
        for row in (by_id[number] for number in ids if number in by_id)
    ]


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def downgrade() -> None:
    op.drop_index("ix_response_supporter_id_lecture_id_state", table_name="response")
    connection = op.get_bind()
    for row in connection.execute(sa.select(qualification.c.id, qualification.c.evidence)).all():
        ids = [one["response"] for one in row.evidence]
        connection.execute(sa.update(qualification).where(qualification.c.id == row.id).values(evidence=ids))
    with op.batch_alter_table("qualification") as batch:
        for name in ("confirmed_by_somebody", "experience_was_confirmed"):
            batch.drop_constraint(op.f(f"ck_qualification_{name}"), type_="check")
        batch.drop_constraint(op.f("fk_qualification_confirmed_by_id_supporter"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_qualification_programme_version_id_programme_version"), type_="foreignkey")
        for name in ("confirmed_by_id", "confirmed_at", "programme_version_id"):
            batch.drop_column(name)
    op.drop_table("programme_version")
    with op.batch_alter_table("not_viewable") as batch:
        batch.add_column(sa.Column("year", sa.Integer(), nullable=True))
    _years_for_days(connection)
    with op.batch_alter_table("not_viewable") as batch:
        batch.alter_column("year", existing_type=sa.Integer(), nullable=False)
        batch.drop_constraint(op.f("ck_not_viewable_ends_after_it_began"), type_="check")
        batch.drop_constraint(op.f("uq_not_viewable_programme_id_lecture_id_first"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_not_viewable_programme_id_lecture_id_year"), ["programme_id", "lecture_id", "year"]
        )
        batch.drop_column("last")
        batch.drop_column("first")
    with op.batch_alter_table("programme") as batch:
        batch.drop_constraint(op.f("ck_programme_earlier"), type_="check")
        batch.drop_column("earlier")


def _years_for_days(connection: sa.Connection) -> None:
    """A stretch of days falls back to the fiscal year of its beginning; of two in one year the first stays."""
    seen = set()
    for row in connection.execute(sa.select(not_viewable).order_by(not_viewable.c.first, not_viewable.c.id)).all():
        year = row.first.year if row.first.month >= 4 else row.first.year - 1
        place = (row.programme_id, row.lecture_id, year)
        if place in seen:
            connection.execute(sa.delete(not_viewable).where(not_viewable.c.id == row.id))
        else:
            seen.add(place)
            connection.execute(sa.update(not_viewable).where(not_viewable.c.id == row.id).values(year=year))

"""Programmes and decisions of before become versions and whole evidence, and come back when the migration is undone."""

import json

import sqlalchemy as sa
from alembic import command

from lms.migrations import config_for, migrate

REASON = '{"ja": "見本"}'
BEFORE = (
    (
        "INSERT INTO supporter (id, network_id, email, password_hash, display_name, name_kana, role, locale, wish,"
        " experience_declared, experience_confirmed_at, experience_confirmed_by_id, registered_at)"
        " VALUES (1, '1', 'a@example.jp', '', '見本', '', 'secretariat', 'ja', 'learn', false, NULL, NULL, '2026-01-01'),"
        " (2, '2', 'b@example.jp', '', '見本', '', 'supporter', 'ja', 'accompany', false, NULL, NULL, '2026-01-01'),"
        " (3, '3', 'c@example.jp', '', '見本', '', 'supporter', 'ja', 'accompany', true, '2024-05-01', 1, '2026-01-01')"
    ),
    "INSERT INTO series (id, code, position, titles, labels) VALUES (1, 'basic', 1, '{}', '{}')",
    "INSERT INTO lecture (id, code, series_id, number, titles, summaries) VALUES (1, 'basic-1', 1, 1, '{}', '{}')",
    "INSERT INTO survey_version (id, lecture_id, number, content, since) VALUES (1, 1, 1, '{}', '2023-01-01')",
    (
        "INSERT INTO programme (id, code, titles, first_day, last_day, required, confirmation, require_watched, honorarium,"
        " claim_within_months) VALUES (1, 'p', '{}', '2023-07-10', '2026-02-28', '[\"basic-1\"]', 'by_person', '{}',"
        " '[[60, 4000]]', 1)"
    ),
    (
        "INSERT INTO survey_exemption (id, programme_id, lecture_id, first, last, reasons)"
        f" VALUES (1, 1, 1, '2023-07-10', '2023-07-31', '{REASON}')"
    ),
    f"INSERT INTO not_viewable (id, programme_id, lecture_id, year, reasons) VALUES (1, 1, 1, 2023, '{REASON}')",
    (
        "INSERT INTO response (id, supporter_id, lecture_id, survey_version_id, state, answers, saved_at, submitted_at,"
        " accepted_at, accepted_by_id, version)"
        " VALUES (7, 2, 1, 1, 'accepted', '{}', '2024-03-31', '2024-03-31 15:30:00', '2024-04-02 01:00:00', 1, 1)"
    ),
    (
        "INSERT INTO qualification (id, supporter_id, programme_id, route, rule_day, rule_year, evidence, evidence_count,"
        " decided_at, decided_by_id) VALUES (1, 2, 1, 'course', '2024-04-01', 2024, '[7]', 1, '2024-04-02', 1),"
        " (2, 3, 1, 'experienced', '2024-05-01', 2024, '[]', 0, '2024-05-01', 1)"
    ),
)


def told(connection: sa.Connection, column: str, table: str) -> list:
    found = connection.execute(sa.text(f"SELECT {column} FROM {table} ORDER BY id")).scalars()
    return [json.loads(value) if isinstance(value, str) else value for value in found]


def test_programmes_and_decisions_of_before_keep_all_they_said(database):
    command.downgrade(config_for(database), "0006")
    with database.engine.execution_options(write=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET TIME ZONE 'UTC'"))
        for statement in BEFORE:
            connection.execute(sa.text(statement))

    migrate(database)
    with database.engine.connect() as connection:
        [rules] = told(connection, "rules", "programme_version")
        evidence = told(connection, "evidence", "qualification")
        kept = connection.execute(
            sa.text("SELECT programme_version_id, confirmed_by_id, confirmed_at IS NULL FROM qualification ORDER BY id")
        ).all()
        days = connection.execute(sa.text("SELECT first, last FROM not_viewable")).all()
    assert rules == {
        "title": {},
        "first_day": "2023-07-10",
        "last_day": "2026-02-28",
        "required": ["basic-1"],
        "confirmation": "by_person",
        "exemptions": [{"lecture": "basic-1", "first": "2023-07-10", "last": "2023-07-31", "reason": {"ja": "見本"}}],
        "not_viewable": [{"lecture": "basic-1", "first": "2023-04-01", "last": "2024-03-31", "reason": {"ja": "見本"}}],
        "require_watched": {},
        "honorarium": [[60, 4000]],
        "claim_within_months": 1,
        "earlier": "again",
    }
    assert evidence == [
        [
            {
                "response": 7,
                "lecture": "basic-1",
                "submitted_on": "2024-04-01",
                "accepted_at": "2024-04-02T01:00:00+00:00",
                "accepted_by": 1,
            }
        ],
        [],
    ]
    assert [(version, by, bool(is_open)) for version, by, is_open in kept] == [(1, None, True), (1, 1, False)]
    assert [tuple(map(str, row)) for row in days] == [("2023-04-01", "2024-03-31")]

    command.downgrade(config_for(database), "0006")
    with database.engine.connect() as connection:
        assert told(connection, "evidence", "qualification") == [[7], []]
        assert connection.execute(sa.text("SELECT year FROM not_viewable")).scalars().all() == [2023]

"""From nothing to today's tables, on both databases, and every state that must never exist is refused."""

from datetime import date

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from lms.kernel.db import Base
from lms.memoranda.returns.queries import returns_of
from lms.memoranda.rules import Signing
from lms.migrations import config_for, is_current, migrate

A_SUPPORTER = (
    "INSERT INTO supporter (id, network_id, email, password_hash, display_name, name_kana, role, locale, wish,"
    " experience_declared, registered_at) VALUES (1, '1', 'a@example.jp', '', '見本', '', 'supporter', 'ja',"
    " 'learn', false, '2026-01-01')"
)
A_PROGRAMME = (
    "INSERT INTO programme (id, code, titles, first_day, last_day, required, confirmation, require_watched,"
    " honorarium, claim_within_months)"
    " VALUES (1, 'p', '{}', '2026-01-01', '2026-12-31', '[]', 'by_person', '{}', '[]', 1)"
)
A_RECORDING = (
    "INSERT INTO series (id, code, position, titles, labels) VALUES (1, 'basic', 1, '{}', '{}')",
    "INSERT INTO lecture (id, code, series_id, number, titles, summaries) VALUES (1, 'basic-1', 1, 1, '{}', '{}')",
    (
        "INSERT INTO recording (id, key, lecture_id, number, state, file_name, source_key, duration_ms, width,"
        " height, has_audio, package, added_at)"
        " VALUES (1, 'k', 1, 1, 'preparing', '', '', 1, 1, 1, false, '{}', '2026-01-02')"
    ),
)


def test_the_migrations_end_at_the_models(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, Base.metadata) == []


def test_every_named_check_of_the_models_is_in_the_database(database):
    checks = {
        str(constraint.name)
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, sa.CheckConstraint)
    }

    inspector = sa.inspect(database.engine)
    found = {check["name"] for table in inspector.get_table_names() for check in inspector.get_check_constraints(table)}

    assert checks - found == set()


def test_migrating_twice_and_down_and_up_again_is_harmless(database):
    migrate(database)
    command.downgrade(config_for(database), "base")
    assert is_current(database) is False
    migrate(database)
    assert is_current(database) is True


def test_going_back_one_step_keeps_the_people(database):
    with database.engine.execution_options(write=True).begin() as connection:
        connection.execute(sa.text(A_SUPPORTER))
        connection.execute(
            sa.text("INSERT INTO standing (id, supporter_id, kind, since) VALUES (1, 1, 'trainee', '2026-01-01')")
        )

    command.downgrade(config_for(database), "0001")
    migrate(database)

    with database.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT network_id, furigana FROM supporter")).all() == [("1", None)]


def test_what_was_watched_before_stays_watched(database):
    command.downgrade(config_for(database), "0003")
    with database.engine.execution_options(write=True).begin() as connection:
        for statement in (
            A_SUPPORTER,
            *A_RECORDING,
            (
                "INSERT INTO viewing (id, supporter_id, recording_id, intervals, unverified, covered_ms, position_ms,"
                " play_session, sequence, covered_at, updated_at)"
                " VALUES (1, 1, 1, '[[0, 9]]', '[[9, 12]]', 9, 5, 'tab', 3, '2026-01-03', '2026-01-04')"
            ),
            "INSERT INTO watch_allowance (supporter_id, allowance_ms, counted_at) VALUES (1, 7, '2026-01-04')",
        ):
            connection.execute(sa.text(statement))

    for step in (lambda: migrate(database), lambda: command.downgrade(config_for(database), "0003")):
        step()

        with database.engine.connect() as connection:
            row = connection.execute(sa.text("SELECT * FROM viewing")).mappings().one()
        moments = [str(row[name])[:10] for name in ("covered_at", "position_at", "updated_at") if name in row]
        numbers = [row[name] for name in ("covered_ms", "position_ms", "sequence")]
        assert (numbers, moments) == ([9, 5, 3], ["2026-01-03", "2026-01-04"])


def test_captions_of_before_stay_and_can_be_edited(database):
    command.downgrade(config_for(database), "0004")
    with database.engine.execution_options(write=True).begin() as connection:
        for statement in (
            *A_RECORDING,
            "INSERT INTO caption (id, recording_id, language, webvtt) VALUES (1, 1, 'ja', 'WEBVTT'), (2, 1, 'en', '')",
        ):
            connection.execute(sa.text(statement))

    migrate(database)

    with database.engine.connect() as connection:
        found = connection.execute(
            sa.text("SELECT kind, state, version, language, webvtt, updated_at FROM caption")
        ).all()
    assert [(*row[:5], str(row[5])[:10]) for row in found] == [("captions", "shown", 1, "ja", "WEBVTT", "2026-01-02")]
    with database.engine.execution_options(write=True).begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO caption (id, recording_id, kind, language, state, webvtt, updated_at, version)"
                " VALUES (3, 1, 'chapters', 'ja', 'shown', 'WEBVTT', '2026-01-01', 1)"
            )
        )
    command.downgrade(config_for(database), "0004")
    with database.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT id, language, webvtt FROM caption")).all() == [(1, "ja", "WEBVTT")]


def test_memoranda_of_before_keep_their_step_and_know_their_newest_posting(database):
    command.downgrade(config_for(database), "0005")
    with database.engine.execution_options(write=True).begin() as connection:
        for statement in (
            A_SUPPORTER,
            A_PROGRAMME,
            (
                "INSERT INTO memorandum (id, supporter_id, programme_id, year, route, state, due_at, pack_key,"
                " pack_sha256, printed_at, version)"
                " VALUES (1, 1, 1, 2026, 'course', 'posted', '2026-01-02', 'k', 's', '2026-01-03', 1)"
            ),
            (
                "INSERT INTO posting (id, memorandum_id, posted_on, service, recorded_at)"
                " VALUES (1, 1, '2026-01-04', 'letter', '2026-01-04'), (2, 1, '2026-01-05', 'letter', '2026-01-05')"
            ),
        ):
            connection.execute(sa.text(statement))

    migrate(database)
    with database.engine.execution_options(write=True).begin() as connection:
        assert connection.execute(sa.text("SELECT state, posting_id FROM memorandum")).all() == [("posted", 2)]
        connection.execute(sa.text("UPDATE memorandum SET state = 'undeliverable'"))

    command.downgrade(config_for(database), "0005")
    with database.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT state FROM memorandum")).all() == [("posted",)]


def test_papers_that_had_come_back_before_can_be_looked_at_again_and_taken_back(database):
    command.downgrade(config_for(database), "0005")
    with database.engine.execution_options(write=True).begin() as connection:
        for statement in (
            A_SUPPORTER,
            A_PROGRAMME,
            (
                "INSERT INTO memorandum (id, supporter_id, programme_id, year, route, state, due_at, pack_key,"
                " pack_sha256, printed_at, returned_on, signing, version)"
                " VALUES (1, 1, 1, 2026, 'course', 'returned', '2026-01-02', 'k', 's', '2026-01-03', '2026-01-09',"
                " 'sealed', 1)"
            ),
            (
                "INSERT INTO posting (id, memorandum_id, posted_on, service, recorded_at)"
                " VALUES (1, 1, '2026-01-04', 'letter', '2026-01-04')"
            ),
            (
                "INSERT INTO history (id, at, step, by_id, subject_kind, subject_id, facts)"
                " VALUES (1, '2026-01-10', 'memorandum.returned', 1, 'memorandum', 1, '{}')"
            ),
        ):
            connection.execute(sa.text(statement))

    migrate(database)

    with database.read() as session:
        [found] = returns_of(session, 1)
        assert (found.returned_on, found.signing, found.faults) == (date(2026, 1, 9), Signing.SEALED, [])
        assert (found.has_memorandum, found.has_bank_form) == (True, True)
        assert (found.recorded_at.date(), found.recorded_by_id) == (date(2026, 1, 10), 1)


def test_no_constraint_is_nameless():
    nameless = [
        f"{table.name}: {constraint}"
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if constraint.name is None
    ]

    assert nameless == []


@pytest.mark.parametrize(
    ("table", "values", "constraint"),
    [
        ("memorandum", {"state": "printed"}, "printed"),
        ("memorandum", {"state": "lost"}, "state"),
        ("memorandum", {"state": "posted", "printed_at": "2026-01-01", "pack_key": "k", "pack_sha256": "s"}, "posting"),
        ("memorandum", {"state": "held"}, "aside_has_reason"),
        ("memorandum", {"aside_reason": "見本"}, "aside_has_reason"),
        ("batch", {"state": "printed"}, "printed_has_date|released_before_printed"),
        ("batch", {"released_at": "2026-01-01"}, "released"),
        ("batch", {"service": "letter"}, "released_by_service"),
        ("batch_item", {"position": 0}, "counts_from_one"),
        ("batch_item", {"taken_out": True}, "taken_out_is_closed"),
        ("posting", {"came_back_on": "2025-12-31"}, "came_back_after_it_went"),
        ("posting", {"postage_yen": 0}, "postage_is_positive"),
        ("paper_return", {"has_memorandum": False}, "says_something|signed_is_there"),
        ("mail", {"failed_at": "2026-01-01"}, "failed_says_why"),
        ("mail", {"settled_at": "2026-01-01"}, "settled_had_failed"),
        ("response", {"state": "accepted"}, "accepted_has_date"),
        ("response", {"state": "submitted"}, "sent_has_date"),
        ("supporter", {"email": "MIHON@example.jp"}, "email_is_lower_case"),
        ("supporter", {"postal_code": "x"}, "address_is_whole"),
        ("recording", {"state": "published"}, "published_has_date"),
        ("caption", {"webvtt": ""}, "says_something"),
        ("caption", {"kind": "chapters", "state": "draft"}, "drafts_are_captions"),
        ("caption", {"kind": "poems"}, "kind"),
        ("standing", {"until": "2020-01-01"}, "ends_after_it_began"),
        ("wrong_sentence", {"sentence": ""}, "names_a_sentence"),
        ("wrong_sentence", {"settled_at": "2026-01-01"}, "settled_by_somebody"),
    ],
)
def test_a_state_that_must_never_exist_is_refused_by_name(database, table, values, constraint):
    rows = {
        "supporter": {
            "id": 1, "network_id": "1", "email": "a@example.jp", "password_hash": "", "display_name": "見本",
            "name_kana": "", "role": "supporter", "locale": "ja", "wish": "learn", "experience_declared": False,
            "registered_at": "2026-01-01",
        },
        "series": {"id": 1, "code": "basic", "position": 1, "titles": "{}", "labels": "{}"},
        "lecture": {"id": 1, "code": "basic-1", "series_id": 1, "number": 1, "titles": "{}", "summaries": "{}"},
        "programme": {
            "id": 1, "code": "p", "titles": "{}", "first_day": "2026-01-01", "last_day": "2026-12-31", "required": "[]",
            "confirmation": "by_person", "require_watched": "{}", "honorarium": "[]", "claim_within_months": 1,
            "earlier": "again",
        },
        "survey_version": {"id": 1, "lecture_id": 1, "number": 1, "content": "{}", "since": "2026-01-01"},
        "response": {
            "id": 1, "supporter_id": 1, "lecture_id": 1, "survey_version_id": 1, "state": "draft", "answers": "{}",
            "saved_at": "2026-01-01", "version": 1,
        },
        "memorandum": {
            "id": 1, "supporter_id": 1, "programme_id": 1, "year": 2026, "route": "course", "state": "due",
            "due_at": "2026-01-01", "version": 1,
        },
        "batch": {
            "id": 1, "state": "chosen", "made_at": "2026-01-01", "made_by_id": 1, "pdf_keys": "[]", "version": 1,
        },
        "batch_item": {
            "id": 1, "batch_id": 1, "memorandum_id": 1, "position": 1, "accepted_findings": "[]", "taken_out": False,
            "made_for": "",
        },
        "posting": {
            "id": 1, "memorandum_id": 1, "kind": "pack", "posted_on": "2026-01-01", "service": "letter",
            "recorded_at": "2026-01-01",
        },
        "paper_return": {
            "id": 1, "memorandum_id": 1, "returned_on": "2026-01-01", "has_memorandum": True, "signing": "signed",
            "has_bank_form": False, "faults": "[]", "faults_count": 0, "note": "", "recorded_at": "2026-01-01",
            "recorded_by_id": 1,
        },
        "mail": {"id": 1, "supporter_id": 1, "message": "registered", "params": "{}", "owed_since": "2026-01-01"},
        "recording": {
            "id": 1, "key": "k", "lecture_id": 1, "number": 1, "state": "preparing", "file_name": "", "source_key": "",
            "duration_ms": 1, "width": 1, "height": 1, "has_audio": False, "package": "{}", "added_at": "2026-01-01",
        },
        "caption": {
            "id": 1, "recording_id": 1, "kind": "captions", "language": "ja", "state": "shown", "webvtt": "WEBVTT",
            "updated_at": "2026-01-01", "version": 1,
        },
        "standing": {"id": 1, "supporter_id": 1, "kind": "trainee", "since": "2026-01-01"},
        "wrong_sentence": {
            "id": 1, "page": "/", "locale": "ja", "sentence": "文", "better": "", "reported_at": "2026-01-01",
        },
    }  # fmt: skip

    def insert(connection: sa.Connection, name: str, more: dict[str, object]) -> None:
        row = rows[name] | more
        columns, places = ", ".join(row), ", ".join(f":{c}" for c in row)
        connection.execute(sa.text(f"INSERT INTO {name} ({columns}) VALUES ({places})"), row)

    with database.engine.execution_options(write=True).connect() as connection:
        for name in rows:
            if name == table:
                break
            insert(connection, name, {})
        good = connection.begin_nested()
        insert(connection, table, {})
        good.rollback()
        with pytest.raises(sa.exc.IntegrityError, match=constraint):
            insert(connection, table, values)

"""The database's answer to "of whom is this missing" is the rules' own, for people of every kind."""

import random
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from courses.models import Attestation, ExemptionRow, NotViewableRow, ProgrammeRow, Viewing
from lms.kernel import clock
from lms.kernel.crypto import open_keyring
from lms.kernel.identity import Role
from lms.kernel.settings import Settings
from lms.memoranda.models import Memorandum
from lms.memoranda.rules import Route, State
from lms.qualification import queries
from lms.qualification.rules import Why
from lms.qualification.services import settle
from lms.supporters.models import Standing, Supporter
from lms.supporters.rules import StandingKind, Wish
from surveys.models import Response
from surveys.rules import ResponseState
from tests import make
from tests.conftest import load_content

TODAY = date(2026, 11, 22)
LECTURES = (*make.BASIC, "advanced-1")
PEOPLE = 150


@pytest.fixture(autouse=True)
def keyring(tmp_path):
    open_keyring(Settings(home=tmp_path))


def rules(session, chance):
    """A programme of before and one of today, with days of every kind."""
    first, second = session.scalars(sa.select(ProgrammeRow).order_by(ProgrammeRow.first_day)).all()
    first.first_day, first.last_day = date(2023, 7, 10), date(2026, 2, 28)
    second.first_day, second.last_day = date(2026, 4, 1), date(2029, 3, 31)
    second.required = list(chance.choice([make.BASIC, make.BASIC[:3], make.BASIC[2:]]))
    second.require_watched = chance.choice([{}, {"basic-2": 0.8, "basic-3": 0.5}])
    lectures = {code: session.scalar(sa.text(f"SELECT id FROM lecture WHERE code = '{code}'")) for code in LECTURES}
    session.execute(sa.delete(ExemptionRow).where(ExemptionRow.programme_id == second.id))
    session.execute(sa.delete(NotViewableRow))
    for kind in (ExemptionRow, NotViewableRow):
        for lecture, begin in (
            ("basic-3", date(2026, 9, 1)),
            ("basic-5", TODAY - timedelta(days=chance.randrange(20))),
        ):
            if chance.random() < 0.7:
                days = {"first": begin, "last": begin + timedelta(days=chance.randrange(5, 40))}
                session.add(kind(programme_id=second.id, lecture_id=lectures[lecture], reasons={"ja": "見本"}, **days))
    session.flush()
    return lectures


def people(session, chance, lectures):
    films = {code: make.recording(session, code, duration_ms=1000) for code in ("basic-2", "basic-3")}
    version = session.scalar(sa.text("SELECT min(id) FROM survey_version"))
    office = make.secretariat(session)
    for number in range(PEOPLE):
        person = Supporter(  # not by registering: a password takes its time to be hashed
            network_id=str(number), email=f"{number}@example.jp", password_hash="", display_name="見本", name_kana="",
            role=Role.SUPPORTER, locale="ja", wish=chance.choice([*[Wish.ACCOMPANY] * 6, Wish.LEARN]),
            experience_declared=chance.random() < 0.3, registered_at=clock.now(),
        )  # fmt: skip
        session.add(person)
        session.flush()
        if person.experience_declared and chance.random() < 0.2:
            person.experience_confirmed_at, person.experience_confirmed_by_id = clock.now(), office.id
        if chance.random() < 0.1:
            session.add(Standing(supporter_id=person.id, kind=StandingKind.TRAINEE, since=TODAY))
        if chance.random() < 0.5:
            person.postal_code, person.address = "000-0000", "見本"
        eager = chance.random()
        for code in LECTURES:
            if chance.random() < eager:
                answer(session, chance, person, lectures[code], version)
        for code, film in films.items():
            watch(session, chance, person, office, film, lectures[code])
    session.flush()


def answer(session, chance, person, lecture, version):
    state = chance.choice([*[ResponseState.ACCEPTED] * 6, *ResponseState])
    day = chance.choice([date(2023, 9, 1), date(2024, 3, 31), date(2024, 4, 1), date(2026, 9, 10), TODAY])
    at = None if state is ResponseState.DRAFT else make.moment(f"{day} {chance.choice(['00:00', '12:00', '23:59'])}")
    session.add(
        Response(
            supporter_id=person.id, lecture_id=lecture, survey_version_id=version, state=state, answers={},
            saved_at=clock.now(), submitted_at=at, accepted_at=at if state is ResponseState.ACCEPTED else None,
            comment="見本" if state is ResponseState.RETURNED else None,
        )
    )  # fmt: skip


def watch(session, chance, person, office, film, lecture):
    if chance.random() < 0.2:
        session.add(
            Attestation(
                supporter_id=person.id, lecture_id=lecture, reason="見本", by_id=office.id, attested_at=clock.now()
            )
        )
    if chance.random() < 0.6:
        seen = chance.choice([0, 499, 500, 799, 800, 1000])
        session.add(
            Viewing(
                supporter_id=person.id, recording_id=film.id, intervals=[[0, seen]], unverified=[], covered_ms=seen,
                position_ms=0, position_at=clock.now(), play_session="見本", sequence=0,
            )
        )  # fmt: skip


def decide(session, chance):
    """Some of those who have earned it are decided about, and some of their papers wait."""
    now = make.moment(f"{TODAY} 12:00")
    for supporter, found in queries.assessments(session, on=TODAY).items():
        if found.qualifies and chance.random() < 0.6:
            settle(session, supporter=supporter, by=None, now=now)
    for memorandum in session.scalars(sa.select(Memorandum)):
        if chance.random() < 0.3:
            memorandum.state, memorandum.aside_reason = State.HELD, "見本"
    session.flush()
    assert set(session.scalars(sa.select(Memorandum.route))) <= set(Route)


@pytest.mark.parametrize("seed", range(4))
def test_the_filter_and_the_rules_agree_about_everybody(database, seed):
    load_content(database)
    chance = random.Random(seed)
    with database.session(write=True) as session:
        people(session, chance, rules(session, chance))
        decide(session, chance)
        session.commit()
    disagreed, found_at_all = [], set()
    with database.read() as session:
        missing = {who: found.missing for who, found in queries.assessments(session, on=TODAY).items()}
        for why in Why:
            for lecture in [None, *LECTURES] if why.is_of_a_lecture else [None]:
                for only in (False, True):
                    condition = queries.missing_filter(session, why, lecture, only=only, on=TODAY)
                    by_database = set(session.scalars(sa.select(Supporter.id).where(condition)))
                    by_rules = {
                        who
                        for who, all_of_it in missing.items()
                        if any(m.why is why and lecture in {None, m.lecture} for m in all_of_it)
                        and not (only and len(all_of_it) > 1)
                    }
                    found_at_all |= {(why, only)} if by_rules else set()
                    if by_database != by_rules:
                        disagreed.append((why.value, lecture, only, len(by_database), len(by_rules)))

    assert disagreed == []
    assert {why for why, only in found_at_all if not only} >= set(Why) - {Why.WATCH_MORE, Why.NOT_VIEWABLE}

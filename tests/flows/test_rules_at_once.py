"""Two people who change the same rules, and a change that meets the acceptance of the last answer."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from courses import programmes
from courses.models import ProgrammeVersion
from lms.kernel import clock
from lms.kernel.clock import tokyo_day
from lms.kernel.crypto import open_keyring
from lms.kernel.errors import Conflict
from lms.kernel.settings import Settings
from lms.memoranda.models import Memorandum
from lms.qualification import services as qualification
from lms.qualification.models import Qualification
from lms.qualification.programmes import services
from tests import make
from tests.conftest import load_content


@pytest.fixture(autouse=True)
def keyring(tmp_path):
    open_keyring(Settings(home=tmp_path))


def changed(session, **rules):
    row = programmes.programme_of(session, "open")
    entry = programmes.entry_of(row, programmes.newest(session, row.id))
    return entry.from_json("open", entry.to_json() | rules)


def save_as(session, entry, looked, *, by):
    agreed = looked.what_if.fingerprint
    services.save(session, entry=entry, seen=1, note="見本", agreed=agreed, looked=looked, by=by, now=clock.now())


def test_of_ten_editors_of_one_version_one_saves_and_the_others_are_told(database):
    load_content(database)
    with database.session(write=True) as session:
        office = make.secretariat(session)
    together = threading.Barrier(10)

    def save(number: int) -> str:
        with database.read() as session:
            entry = changed(session, claim_within_months=number + 1)
            looked = services.look(session, entry=entry, on=tokyo_day(clock.now()))
        together.wait()
        try:
            with database.write() as session:
                save_as(session, entry, looked, by=office.id)
        except Conflict:
            return "told"
        return "saved"

    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(save, range(10)))

    with database.read() as session:
        row = programmes.programme_of(session, "open")
        numbers = sa.select(ProgrammeVersion.number).where(ProgrammeVersion.programme_id == row.id)
        assert sorted(session.scalars(numbers)) == [1, 2]
        assert programmes.newest(session, row.id).rules["claim_within_months"] == row.claim_within_months
    assert (outcomes.count("saved"), outcomes.count("told")) == (1, 9)


def test_a_change_and_the_last_accepted_answer_at_once_make_one_decision(database):
    load_content(database)
    with database.session(write=True) as session:
        office, person = make.secretariat(session), make.supporter(session)
        make.accepted(session, person, make.BASIC[:4], by=office)
        last = make.response(session, person, "basic-5")
    with database.read() as session:
        entry = changed(session, required=list(make.BASIC[:4]))
        looked = services.look(session, entry=entry, on=tokyo_day(clock.now()))
    together = threading.Barrier(2)

    def save() -> None:
        together.wait()
        with database.write() as session:
            save_as(session, entry, looked, by=office.id)

    def accept() -> None:
        together.wait()
        with database.write() as session:
            qualification.accept_response(session, response_id=last.id, by=office.id, now=clock.now())

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(save), pool.submit(accept)]:
            done.result()

    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count(Qualification.id))) == 1
        assert session.scalar(sa.select(sa.func.count(Memorandum.id))) == 1

"""The reminder: everything that is missing with links, once a day, and only what is missing when it is sent."""

import pytest
import sqlalchemy as sa

from lms.kernel.clock import tokyo_day
from lms.kernel.work import OwedWork
from lms.qualification import queries
from lms.qualification import services as qualification
from lms.supporters.models import Mail, Supporter
from lms.supporters.rules import Participation
from tests import make


def reminders(session):
    session.expire_all()
    return session.scalars(sa.select(Mail).where(Mail.message == "training-reminder")).all()


def remind(session, person, **when):
    done = qualification.owe_reminder(session, supporter=person.id, now=make.now(), **when)
    session.commit()
    return done


def test_it_lists_what_is_missing_with_links_in_the_receivers_language(app, session, worker, office):
    person = make.supporter(session, locale="vi")
    make.accepted(session, person, make.BASIC[:3], by=office)
    make.response(session, person, "basic-4")

    assert (remind(session, person), remind(session, person)) == (True, False)
    worker.drain()

    [mail] = reminders(session)
    assert [url for _, url in mail.params["missing"]] == [None, "http://localhost/courses/basic-5"]
    assert "Cơ bản ⑤" in mail.params["missing"][1][0]
    assert mail.sent_at is not None


def test_what_was_done_meanwhile_is_not_asked_for_and_nothing_is_sent_to_who_has_done_all(session, worker, office):
    person = make.supporter(session)
    make.accepted(session, person, make.BASIC[:4], by=office)
    assert remind(session, person, run_at=make.days_ago(-1))
    worker.drain()
    assert [mail.sent_at for mail in reminders(session)] == [None]

    make.address(session, person)
    make.accepted(session, person, ["basic-5"], by=office)
    session.execute(sa.update(OwedWork).values(run_at=make.now()))
    session.commit()
    worker.drain()

    [mail] = reminders(session)
    assert (mail.sent_at, mail.called_off_at is None) == (None, False)


def test_who_qualifies_without_an_address_is_asked_for_it(session, worker, office):
    person = make.supporter(session)
    make.accepted(session, person, make.BASIC, by=office)

    assert remind(session, person)
    worker.drain()

    [mail] = reminders(session)
    assert [url for _, url in mail.params["missing"]] == ["http://localhost/my-address"]


@pytest.mark.parametrize("way", [Participation.LEARN, Participation.TRAINEE, Participation.EXPERIENCED])
def test_nobody_is_reminded_of_whom_nothing_is_asked(session, way):
    assert remind(session, make.supporter(session, participation=way)) is False
    assert reminders(session) == []


def test_a_page_of_people_finds_exactly_those_who_can_be_reminded(session, office):
    ways = [Participation.INEXPERIENCED, Participation.EXPERIENCED, Participation.LEARN, Participation.TRAINEE]
    people = [make.supporter(session, participation=way) for way in ways]
    waiting = make.supporter(session)
    for code in make.BASIC:
        make.response(session, waiting, code)
    today = tokyo_day(make.now())

    condition = queries.reminder_filter(session, on=today)
    found = set(session.scalars(sa.select(Supporter.id).where(condition)))

    assert found == {people[0].id}

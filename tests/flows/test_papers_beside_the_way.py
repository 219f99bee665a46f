"""Papers that go any way at all, and several people who press at once."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from lms.kernel.clock import fiscal_year, tokyo_day
from lms.kernel.crypto import open_keyring
from lms.kernel.errors import DomainError
from lms.kernel.history import HistoryEntry
from lms.kernel.settings import Settings
from lms.memoranda import services as papers
from lms.memoranda.models import Memorandum, PaperReturn, Posting
from lms.memoranda.returns import services as returns
from lms.memoranda.returns.rules import way_reached
from lms.memoranda.rules import NEXT, Fault, PostingKind, Service, Signing, State
from lms.qualification import services as qualification
from lms.qualification.renewal import candidates, renew
from lms.qualification.renewal.rules import WhyNot
from lms.supporters.models import Mail
from lms.supporters.rules import Participation, Wish
from tests import make
from tests.conftest import load_content

WALKS, STEPS, THREADS = 8, 80, 8
# By `post` below; and a return that was a slip is taken back.
SHORT_CUTS = {State.DUE: {State.POSTED}, State.RETURNED: {State.POSTED}, State.CHECKED: {State.POSTED}}


@pytest.fixture(autouse=True)
def keyring(tmp_path):
    open_keyring(Settings(home=tmp_path))


def people(session):
    """The secretariat, and the memorandum of somebody who has just qualified."""
    office = make.secretariat(session)
    return office, memorandum_of(session, office)


def memorandum_of(session, office, **given):
    person = make.supporter(session, participation=Participation.EXPERIENCED, **given)
    make.address(session, person)
    qualification.confirm_experience(session, supporter=person.id, by=office.id, now=make.now())
    session.commit()
    return session.scalars(sa.select(Memorandum).where(Memorandum.supporter_id == person.id)).one()


def post(session, memo, *, office, now):
    memo.pack_key, memo.pack_sha256 = "packs/none", "0"
    papers.mark_printed(session, memorandum=memo, by=office.id, now=now)
    papers.mark_posted(
        session, memorandum=memo, posted_on=tokyo_day(now), service=Service.LETTER, tracking=None, by=office.id,
        now=now, today=tokyo_day(now),
    )  # fmt: skip


def anything(session, memo, *, office, dice, now):
    """Something a person or a worker may do with it, whether it fits or not."""
    today = tokyo_day(now)
    step = {"memorandum": memo, "by": office.id, "now": now}
    dated = step | {"today": today}
    faults = dice.sample(list(Fault), dice.randrange(3))
    envelope = {
        "has_memorandum": dice.random() < 0.7,
        "has_bank_form": dice.random() < 0.7,
        "signing": dice.choice([None, *Signing]),
        "faults": faults if dice.random() < 0.5 else [],
    }
    if memo.state is State.DUE and dice.random() < 0.3:  # else few walks would ever come further
        return lambda: post(session, memo, office=office, now=now)
    rendered = papers.Rendered(
        "packs/none", "0", "v", papers.receiver_fingerprint(session.get(type(office), memo.supporter_id))
    )
    return dice.choice([
        lambda: papers.mark_printed(session, **step),
        lambda: [
            papers.keep_pack(session, memorandum_id=memo.id, rendered=rendered),
            papers.mark_printed(session, **step),
        ],
        lambda: papers.unmark_printed(session, **step),
        lambda: papers.mark_posted(session, posted_on=today, service=Service.LETTER, tracking=None, **dated),
        lambda: returns.record_return(session, returned_on=today, note="", **envelope, **dated),
        lambda: returns.record_return(session, returned_on=today, note="", **envelope, **dated),
        lambda: returns.find_fault(session, faults=faults, note="", **step),
        lambda: returns.undo_return(session, **step),
        lambda: returns.mark_follow_up_posted(session, posted_on=today, service=Service.LETTER, tracking=None, **dated),
        lambda: returns.wait_longer(session, **dated),
        lambda: returns.remind_overdue(session, now=now),
        lambda: returns.address_is_right(session, supporter=memo.supporter_id, by=memo.supporter_id, now=now),
        lambda: papers.mark_returned(session, returned_on=today, signing=Signing.SEALED, **dated),
        lambda: papers.mark_undeliverable(session, came_back_on=today, **dated),
        lambda: papers.mark_checked(session, memorandum_right=True, bank_form_right=True, **step),
        lambda: papers.complete(session, **step) if dice.random() < 0.7 else None,
        lambda: papers.hold(session, reason="見本", **step),
        lambda: papers.let_go(session, **step),
        lambda: papers.withdraw(session, reason="見本", **step) if dice.random() < 0.3 else None,
        lambda: papers.post_again(session, **step),
    ])  # fmt: skip


def test_whatever_is_tried_in_whatever_order_the_database_never_has_to_refuse_it(database):
    load_content(database)
    seen: Counter[State] = Counter()
    for walk in range(WALKS):
        dice, now = random.Random(walk), make.now()
        with database.session(write=True) as session:
            office, memo = people(session)
            number = memo.number
            for _ in range(STEPS):
                before, now = memo.state, now + timedelta(days=dice.randrange(9), seconds=1)
                try:
                    with session.begin_nested():
                        anything(session, memo, office=office, dice=dice, now=now)()
                except DomainError:
                    session.refresh(memo)
                    assert memo.state is before
                seen[memo.state] += 1
                assert memo.state in {before, *NEXT[before], *SHORT_CUTS.get(before, ())}
                assert memo.number == number
                way_reached(memo.state, was_printed=memo.printed_at is not None, was_posted=memo.posting_id is not None)
            session.commit()
            told_once(session, memo)
    assert set(seen) == set(State), seen


def told_once(session, memo):
    """Every posting, every return with a fault and every envelope that came back was told, once."""
    told = Counter(session.scalars(sa.select(Mail.message).where(Mail.supporter_id == memo.supporter_id)))
    postings = session.scalars(sa.select(Posting).where(Posting.memorandum_id == memo.id)).all()
    came = session.scalars(sa.select(PaperReturn).where(PaperReturn.memorandum_id == memo.id)).all()
    reminded = [one for one in [*postings, *came] if one.reminded_at]
    assert {message: told[message] for message in told if message != "registered"} == {
        message: count
        for message, count in {
            "memorandum-due": 1,
            "memorandum-posted": sum(one.kind is PostingKind.PACK for one in postings),
            "memorandum-undeliverable": sum(one.came_back_on is not None for one in postings),
            "memorandum-incomplete": sum(one.faults_count > 0 for one in came),
            "memorandum-overdue": len(reminded),
            "memorandum-complete": int(memo.state is State.COMPLETE),
        }.items()
        if count
    }


def at_once(database, act):
    """What becomes of the same press by many at once: how many of each outcome."""
    together = threading.Barrier(THREADS)

    def run(_: int) -> str:
        together.wait()
        try:
            with database.write() as session:
                return str(act(session))
        except (DomainError, StaleDataError):
            return "refused"

    with ThreadPoolExecutor(THREADS) as pool:
        return Counter(pool.map(run, range(THREADS)))


def test_an_envelope_that_many_enter_at_once_is_entered_and_told_once(database):
    load_content(database)
    with database.session(write=True) as session:
        office, memo = people(session)
        post(session, memo, office=office, now=make.now())
        session.commit()
        seen = memo.version

    def enter(session):
        now = make.now()
        returns.record_return(
            session, memorandum=session.get_one(Memorandum, memo.id), returned_on=tokyo_day(now), has_memorandum=True,
            signing=Signing.SEALED, has_bank_form=False, faults=(), note="", by=office.id, now=now,
            today=tokyo_day(now), seen_version=seen,
        )  # fmt: skip
        return "entered"

    assert at_once(database, enter) == {"entered": 1, "refused": THREADS - 1}
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count(PaperReturn.id))) == 1
        assert session.scalar(sa.select(sa.func.count(Mail.id)).where(Mail.message == "memorandum-incomplete")) == 1


def test_an_address_confirmed_many_times_at_once_sends_the_papers_out_again_once(database):
    load_content(database)
    with database.session(write=True) as session:
        office, memo = people(session)
        now = make.now()
        post(session, memo, office=office, now=now)
        papers.mark_undeliverable(
            session, memorandum=memo, came_back_on=tokyo_day(now), by=office.id, now=now, today=tokyo_day(now)
        )
        session.commit()

    confirm = partial(returns.address_is_right, supporter=memo.supporter_id, by=memo.supporter_id, now=make.now())
    outcomes = at_once(database, confirm)

    assert outcomes["1"] == 1
    with database.read() as session:
        due = sa.select(sa.func.count(HistoryEntry.id)).where(HistoryEntry.step == "memorandum.due")
        assert session.scalar(due) == 2


def last_years(session, memo, state=State.COMPLETE, *, office):
    """Make it a memorandum of last year that went so far."""
    now = make.days_ago(200)
    memo.year, memo.due_at = fiscal_year(tokyo_day(make.now())) - 1, now
    post(session, memo, office=office, now=now)
    if state is State.WITHDRAWN:
        papers.withdraw(session, memorandum=memo, reason="見本", by=office.id, now=now)
    if state is State.COMPLETE:
        step = {"memorandum": memo, "by": office.id, "now": now}
        papers.mark_returned(session, returned_on=tokyo_day(now), signing=Signing.SEALED, today=tokyo_day(now), **step)
        papers.mark_checked(session, memorandum_right=True, bank_form_right=True, **step)
        papers.complete(session, **step)
    session.commit()


def test_a_new_year_is_proposed_to_the_active_and_made_once_whoever_presses_how_often(database):
    load_content(database)
    today = tokyo_day(make.now())
    with database.session(write=True) as session:
        office, active = people(session)
        withdrawn, still_out, learner, this_years = (memorandum_of(session, office) for _ in range(4))
        last_years(session, active, office=office)
        last_years(session, withdrawn, State.WITHDRAWN, office=office)
        last_years(session, still_out, State.POSTED, office=office)
        last_years(session, learner, office=office)
        session.get(type(office), learner.supporter_id).wish = Wish.LEARN
        session.commit()
        everybody = [memo.supporter_id for memo in (active, withdrawn, still_out, learner, this_years)]

        assert {one.supporter: one.why_not for one in candidates(session, on=today)} == {
            active.supporter_id: None,
            withdrawn.supporter_id: WhyNot.WITHDRAWN,
            still_out.supporter_id: WhyNot.STILL_OPEN,
            learner.supporter_id: WhyNot.NO_LONGER_WISHES,
        }

    moments = iter([make.now() + timedelta(seconds=number) for number in range(THREADS)])
    turn = threading.Lock()

    def press(session):
        with turn:
            now = next(moments)
        return renew(session, supporters=everybody, by=office.id, now=now)

    assert at_once(database, press) == {"3": 1, "0": THREADS - 1}
    with database.read() as session:
        made = sa.select(Memorandum.supporter_id).where(
            Memorandum.year == fiscal_year(today), Memorandum.id != this_years.id
        )
        assert set(session.scalars(made)) == {active.supporter_id, withdrawn.supporter_id, still_out.supporter_id}
        mails = sa.select(Mail.supporter_id).where(Mail.message == "memorandum-again")
        assert sorted(session.scalars(mails)) == sorted(
            {active.supporter_id, withdrawn.supporter_id, still_out.supporter_id}
        )
        assert candidates(session, on=today) == [
            one for one in candidates(session, on=today) if one.supporter == learner.supporter_id
        ]

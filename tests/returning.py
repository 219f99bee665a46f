"""Memoranda that were posted, and what becomes of them, as makers."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.kernel.clock import tokyo_day
from lms.kernel.history import HistoryEntry
from lms.memoranda import services as papers
from lms.memoranda.models import Memorandum
from lms.memoranda.returns import services
from lms.memoranda.rules import Fault, Service, Signing, State
from lms.qualification import services as qualification
from lms.supporters.models import Mail
from lms.supporters.rules import Participation
from tests import make


def today():
    return tokyo_day(make.now())


def posted(session: Session, office, days: float = 3, **given) -> Memorandum:
    """A memorandum that was posted so many days ago."""
    at = make.days_ago(days)
    person = make.supporter(session, participation=Participation.EXPERIENCED, at=at, **given)
    make.address(session, person)
    qualification.confirm_experience(session, supporter=person.id, by=office.id, now=at)
    memo = session.scalars(sa.select(Memorandum).where(Memorandum.supporter_id == person.id)).one()
    post(session, office, memo, at=at)
    return memo


def post(session, office, memo, *, at):
    memo.pack_key, memo.pack_sha256 = "packs/none", "0"
    papers.mark_printed(session, memorandum=memo, by=office.id, now=at)
    papers.mark_posted(
        session, memorandum=memo, posted_on=tokyo_day(at), service=Service.LETTER, tracking=None, by=office.id,
        now=at, today=today(),
    )  # fmt: skip
    session.commit()


def entered(session, office, memo, *, memorandum=True, bank_form=True, faults=(), at=None, signing=Signing.SIGNED):
    at = at or make.now()
    unsigned = Fault.MEMORANDUM_NOT_SIGNED in faults or not memorandum
    found = services.record_return(
        session, memorandum=memo, returned_on=tokyo_day(at), has_memorandum=memorandum,
        signing=None if unsigned else signing, has_bank_form=bank_form, faults=faults, note="", by=office.id, now=at,
        today=today(),
    )  # fmt: skip
    session.commit()
    return found


def mails(session, message):
    return session.scalars(sa.select(Mail).where(Mail.message == message).order_by(Mail.id)).all()


def steps(session, memo):
    wanted = sa.select(HistoryEntry.step).where(
        HistoryEntry.subject_kind == "memorandum", HistoryEntry.subject_id == memo.id
    )
    return [step.partition(".")[2] for step in session.scalars(wanted.order_by(HistoryEntry.id))]


def brought_to(session, office, memo, state):
    """From posted to anywhere."""
    step = {"memorandum": memo, "by": office.id, "now": make.now()}
    dated = step | {"today": today()}
    match state:
        case State.DUE | State.PRINTED | State.HELD:
            papers.post_again(session, **step)
            if state is State.PRINTED:
                memo.pack_key, memo.pack_sha256 = "packs/none", "0"
                papers.mark_printed(session, **step)
            if state is State.HELD:
                papers.hold(session, reason="見本", **step)
        case State.UNDELIVERABLE:
            papers.mark_undeliverable(session, came_back_on=today(), **dated)
        case State.WITHDRAWN:
            papers.withdraw(session, reason="見本", **step)
        case State.INCOMPLETE:
            entered(session, office, memo, bank_form=False)
        case State.RETURNED | State.CHECKED | State.COMPLETE:
            entered(session, office, memo)
            if state is not State.RETURNED:
                papers.mark_checked(session, memorandum_right=True, bank_form_right=True, **step)
            if state is State.COMPLETE:
                papers.complete(session, **step)
    session.commit()

"""From a response or a confirmed experience to a qualification and a memorandum that is due: one transaction."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from courses import programmes
from courses import queries as courses
from courses.models import Lecture
from courses.rules import Confirmation
from lms.hooks.rules import Event
from lms.hooks.services import announce
from lms.kernel.clock import fiscal_year, tokyo_day
from lms.kernel.db import insert_once
from lms.kernel.errors import Conflict, Refused
from lms.kernel.history import record
from lms.kernel.i18n import reading_in
from lms.kernel.identity import SupporterId
from lms.kernel.work import OwedWork
from lms.memoranda import queries as memoranda
from lms.memoranda import services as papers
from lms.memoranda.returns.services import address_changed
from lms.memoranda.rules import Route
from lms.qualification import queries
from lms.qualification.models import Qualification
from lms.qualification.reasons import reasons
from lms.qualification.rules import Missing, Why
from lms.supporters import services as supporters
from lms.supporters.mail import owe_mail
from lms.supporters.models import Mail, Supporter
from lms.supporters.rules import Address
from surveys import queries as surveys
from surveys import services as responses
from surveys.models import Response
from surveys.rules import ResponseState

log = structlog.get_logger()

REMINDER = "training-reminder"
REMIND = "qualification.remind"


def settle(session: Session, *, supporter: SupporterId, by: SupporterId | None, now: datetime) -> bool:
    """Bring somebody's standing up to date: who has earned it qualifies once, and a memorandum becomes due once.

    True if a memorandum became due by this call. A decision that was made is kept. No memorandum becomes due while no
    programme runs; it does when one runs again. Whoever has one from an earlier year is asked again by the secretariat.
    """
    session.flush()
    # On PostgreSQL two accepted answers would each not see the other: the second waits here until the first is done.
    session.execute(select(Supporter.id).where(Supporter.id == supporter).with_for_update())
    today = tokyo_day(now)
    found = queries.programme_on(session, on=today)
    decision = queries.qualification_of(session, supporter) or _decide(session, supporter=supporter, by=by, now=now)
    if decision is None or found is None or not found[1].runs_on(today) or memoranda.of_supporter(session, supporter):
        return False
    papers.make_due(
        session,
        supporter=supporter,
        programme_id=found[0],
        year=fiscal_year(today),
        route=decision.route,
        now=now,
    )
    return True


def _decide(session: Session, *, supporter: SupporterId, by: SupporterId | None, now: datetime) -> Qualification | None:
    assessment = queries.assessment_of(session, supporter=supporter, on=tokyo_day(now))
    if not assessment.qualifies:
        return None
    programme = programmes.programme_of(session, assessment.programme or "")
    is_experienced = assessment.route is Route.EXPERIENCED
    person = session.get_one(Supporter, supporter)
    made = insert_once(
        session,
        Qualification,
        supporter_id=supporter,
        programme_id=programme.id,
        programme_version_id=programmes.newest(session, programme.id).id,
        route=assessment.route,
        rule_day=assessment.rule_day,
        rule_year=assessment.rule_year,
        evidence=_evidence(session, assessment.evidence),
        evidence_count=len(assessment.evidence),
        confirmed_at=person.experience_confirmed_at if is_experienced else None,
        confirmed_by_id=person.experience_confirmed_by_id if is_experienced else None,
        decided_at=now,
        decided_by_id=by,
    )
    decision = queries.qualification_of(session, supporter)
    assert decision is not None
    if made:
        record(
            session,
            "qualification.decided",
            by=by,
            subject=decision.id,
            now=now,
            route=decision.route.value,
            rule_year=decision.rule_year,
            responses=list(assessment.evidence),
        )
        announce(session, Event.QUALIFIED, supporter=supporter, year=decision.rule_year, now=now)
    return decision


def _evidence(session: Session, response_ids: Sequence[int]) -> list[dict[str, Any]]:
    """What counted, told so that it can be read when the responses themselves are long gone."""
    wanted = select(Response, Lecture.code).join(Response.lecture).where(Response.id.in_(response_ids))
    found = {response.id: (response, code) for response, code in session.execute(wanted)}
    return [
        {
            "response": number,
            "lecture": code,
            "submitted_on": tokyo_day(response.submitted_at).isoformat() if response.submitted_at else None,
            "accepted_at": response.accepted_at.isoformat() if response.accepted_at else None,
            "accepted_by": response.accepted_by_id,
        }
        for number in response_ids
        for response, code in [found[number]]
    ]


def submit_survey(
    session: Session, *, supporter: SupporterId, lecture: str, answers: Mapping[str, Any], now: datetime
) -> Response:
    """Send a survey; where the programme accepts on submission, it counts at once.

    Raises Conflict when it was sent before, Refused when more of the lecture must be watched first.
    """
    found = queries.programme_on(session, on=tokyo_day(now))
    if found is not None:
        _check_watched(session, supporter=supporter, lecture=lecture, needed=found[1].require_watched.get(lecture))
    response = responses.submit(session, supporter=supporter, lecture=lecture, answers=answers, now=now)
    if found is not None and found[1].confirmation is Confirmation.ON_SUBMISSION:
        responses.accept(session, response=response, by=None, now=now)
        settle(session, supporter=supporter, by=None, now=now)
    return response


def _check_watched(session: Session, *, supporter: SupporterId, lecture: str, needed: float | None) -> None:
    """What was sent once has passed here: a correction that is asked for later is never held up by a newer rule."""
    if needed is None or courses.best_share(session, code=lecture, supporter=supporter) >= needed:
        return
    sent = surveys.response_of(session, supporter=supporter, lecture_code=lecture)
    if sent is None or sent.submitted_at is None:
        raise Refused("Please watch at least %(percent)d %% of the lecture first.", percent=round(needed * 100))


def accept_response(
    session: Session, *, response_id: int, by: SupporterId, now: datetime, version: int | None = None
) -> bool:
    """Accept a response; True if by that its writer's memorandum became due.

    `version` is the one that was read: Raises Conflict when the writer has changed the answers since.
    """
    response = _as_read(session, response_id, version)
    responses.accept(session, response=response, by=by, now=now)
    return settle(session, supporter=response.supporter_id, by=by, now=now)


def return_response(
    session: Session, *, response_id: int, comment: str, by: SupporterId, now: datetime, version: int | None = None
) -> None:
    """Give a response back to its writer with a comment. Raises Conflict as accepting does."""
    response = _as_read(session, response_id, version)
    responses.return_for_more(session, response=response, comment=comment, by=by, now=now)


def _as_read(session: Session, response_id: int, version: int | None) -> Response:
    response = surveys.response(session, response_id)
    if version is not None and response.version != version and response.state is ResponseState.SUBMITTED:
        raise Conflict("The answers have changed since you opened them. Read them again.")
    return response


def confirm_experience(session: Session, *, supporter: SupporterId, by: SupporterId, now: datetime) -> bool:
    """Confirm that somebody is experienced: they qualify without the course. True if a memorandum became due."""
    supporters.confirm_experience(session, supporter=supporter, by=by, now=now)
    return settle(session, supporter=supporter, by=by, now=now)


def move_on(session: Session, *, supporter: SupporterId, experienced: bool, now: datetime) -> bool:
    """A trainee or learner wishes to accompany from today; what they answered before counts. True as above."""
    supporters.move_on(session, supporter=supporter, experienced=experienced, now=now)
    return settle(session, supporter=supporter, by=None, now=now)


def change_address(
    session: Session, *, supporter: SupporterId, address: Address, phone: str | None, now: datetime
) -> None:
    """A new address; papers not printed yet are made anew with it, those that came back are posted again to it."""
    supporters.change_address(session, supporter=supporter, address=address, phone=phone, now=now)
    address_changed(session, supporter=supporter, by=supporter, now=now)


def owe_reminder(session: Session, *, supporter: SupporterId, now: datetime, run_at: datetime | None = None) -> bool:
    """Owe somebody the mail that lists what is missing; False if none is owed by this call.

    At most one is sent on a day of Tokyo: the day of `run_at` counts, which may be tomorrow.

    Nobody is reminded who can do nothing now, who only learns, or who is in training. What the mail says is found when
    it is sent, at `run_at` or now.
    """
    if not _theirs(session, supporter=supporter, now=now):
        return False
    key = reminder_key(supporter, day=tokyo_day(run_at or now))
    mail = owe_mail(session, to=supporter, message=REMINDER, key=key, now=now, missing=[])
    if mail is None:
        return False
    owed = update(OwedWork).where(OwedWork.key == f"mail:{mail.id}")
    session.execute(owed.values(task=REMIND, run_at=run_at or now))
    record(session, "supporter.reminded", by=None, subject=supporter, now=now)
    return True


def reminder_key(supporter: SupporterId | str, *, day: date) -> str:
    """What the one reminder of a day is known by."""
    return f"reminder:{supporter}:{day.isoformat()}"


def write_reminder(session: Session, *, mail_id: int, now: datetime) -> bool:
    """Put what is missing now into a reminder that is about to be sent; False, and called off, if nothing is."""
    mail = session.get_one(Mail, mail_id)
    missing = _theirs(session, supporter=mail.supporter_id, now=now)
    if missing:
        rows = courses.lecture_rows(session, supporter=mail.supporter_id, on=tokyo_day(now))
        with reading_in(session.get_one(Supporter, mail.supporter_id).locale):
            told = reasons(missing, rows, external=True)
            mail.params = {"missing": [[reason.sentence, reason.url] for reason in told]}
    elif mail.sent_at is None and mail.called_off_at is None:
        mail.called_off_at = now
    return bool(missing)


def _theirs(session: Session, *, supporter: SupporterId, now: datetime) -> list[Missing]:
    """What is missing, if some of it is theirs to do, and nobody is looking at their experience meanwhile."""
    missing = queries.assessment_of(session, supporter=supporter, on=tokyo_day(now)).missing
    reasons_why = {found.why for found in missing}
    is_theirs = any(why.is_theirs for why in reasons_why) and Why.EXPERIENCE_WAITS not in reasons_why
    return list(missing) if is_theirs else []


def sweep(session: Session, *, now: datetime) -> int:
    """Find people who have earned what was not given to them, and how many there were.

    There should be none, but on the first day of an exemption or of a programme, which nobody presses a button for.
    """
    standing = queries.assessments(session, on=tokyo_day(now))
    earned = [supporter for supporter, found in standing.items() if found.qualifies]
    lacking = set(queries.without_decision(session)) | set(queries.qualified_without_memorandum(session))
    found = sum(settle(session, supporter=one, by=None, now=now) for one in earned if one in lacking)
    if found:
        log.warning("the sweep found what had been earned and not given", people=found)
    return found

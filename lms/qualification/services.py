"""From a response or a confirmed experience to a qualification and a memorandum that is due: one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from courses import queries as courses
from courses.rules import Confirmation
from lms.kernel.clock import fiscal_year, tokyo_day
from lms.kernel.db import insert_once
from lms.kernel.errors import Conflict, Refused
from lms.kernel.history import record
from lms.kernel.identity import SupporterId
from lms.memoranda import queries as memoranda
from lms.memoranda import services as papers
from lms.qualification import queries
from lms.qualification.models import Qualification
from lms.supporters import services as supporters
from lms.supporters.models import Supporter
from lms.supporters.rules import Address
from surveys import queries as surveys
from surveys import services as responses
from surveys.models import Response
from surveys.rules import ResponseState

log = structlog.get_logger()


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
    programme_ids = {programme.code: row_id for row_id, programme in courses.programmes(session).items()}
    made = insert_once(
        session,
        Qualification,
        supporter_id=supporter,
        programme_id=programme_ids[assessment.programme or ""],
        route=assessment.route,
        rule_day=assessment.rule_day,
        rule_year=assessment.rule_year,
        evidence=list(assessment.evidence),
        evidence_count=len(assessment.evidence),
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
            responses=decision.evidence,
        )
    return decision


def submit_survey(
    session: Session, *, supporter: SupporterId, lecture: str, answers: Mapping[str, Any], now: datetime
) -> Response:
    """Send a survey; where the programme accepts on submission, it counts at once.

    Raises Conflict when it was sent before, Refused when more of the lecture must be watched first.
    """
    found = queries.programme_on(session, on=tokyo_day(now))
    if found is not None:
        _check_watched(session, supporter=supporter, lecture=lecture, needed=found[1].require_watched)
    response = responses.submit(session, supporter=supporter, lecture=lecture, answers=answers, now=now)
    if found is not None and found[1].confirmation is Confirmation.ON_SUBMISSION:
        responses.accept(session, response=response, by=None, now=now)
        settle(session, supporter=supporter, by=None, now=now)
    return response


def _check_watched(
    session: Session, *, supporter: SupporterId, lecture: str, needed: Mapping[str, float] | None
) -> None:
    share = (needed or {}).get(lecture)
    if share is None:
        return
    if courses.best_share(session, code=lecture, supporter=supporter) < share:
        raise Refused("Please watch at least %(percent)d %% of the lecture first.", percent=round(share * 100))


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
    """A new address; papers that have not been printed yet are made anew with it."""
    supporters.change_address(session, supporter=supporter, address=address, phone=phone, now=now)
    session.flush()
    for memorandum in memoranda.of_supporter(session, supporter):
        papers.owe_pack(session, memorandum=memorandum, now=now)


def sweep(session: Session, *, now: datetime) -> int:
    """Find people who have earned what was not given to them; how many there were, which should always be none."""
    found = 0
    for supporter in queries.not_yet_qualified(session):
        found += settle(session, supporter=supporter, by=None, now=now)
    for supporter in queries.qualified_without_memorandum(session):
        found += settle(session, supporter=supporter, by=None, now=now)
    if found:
        log.error("the sweep found what should have been done before", people=found)
    return found

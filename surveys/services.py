"""What can be done with a survey: save a draft, submit, accept, return."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from courses import queries as courses
from courses.models import Lecture
from lms.kernel.db import insert_once
from lms.kernel.errors import Conflict
from lms.kernel.history import record
from lms.kernel.identity import SupporterId
from lms.supporters.mail import owe_mail
from surveys import queries, rules
from surveys.models import Response, SurveyVersion
from surveys.rules import EDITABLE, ResponseState

Answers = Mapping[str, Any]


def save_draft(session: Session, *, supporter: SupporterId, lecture: str, answers: Answers, now: datetime) -> Response:
    """Keep what somebody has typed so far; nothing is required of it. Raises Conflict once it was sent.

    A draft only gains: a page left open on another device holds fewer answers and must not take the newer ones away.
    """
    response = _mine(session, supporter=supporter, lecture=lecture, now=now)
    if response.state not in EDITABLE:
        raise Conflict("This survey has been sent already. It can be changed only if the secretariat returns it.")
    _answer(session, response, lecture=lecture, answers={**response.answers, **answers}, now=now)
    return response


def submit(session: Session, *, supporter: SupporterId, lecture: str, answers: Answers, now: datetime) -> Response:
    """Send the answers and owe a receipt. Raises Conflict when they were sent before."""
    response = _mine(session, supporter=supporter, lecture=lecture, now=now)
    rules.check_step(response.state, ResponseState.SUBMITTED)
    _answer(session, response, lecture=lecture, answers=answers, now=now)
    response.state = ResponseState.SUBMITTED
    response.submitted_at = response.submitted_at or now
    session.flush()
    record(session, "response.submitted", by=supporter, subject=response.id, now=now, lecture=lecture)
    owe_mail(session, to=supporter, message="survey-received", now=now, **_named(courses.lecture(session, lecture)))
    return response


def accept(session: Session, *, response: Response, by: SupporterId | None, now: datetime) -> None:
    """The answers count.

    `by` None: the programme accepts by itself. Raises Conflict when there is nothing to accept.
    """
    rules.check_step(response.state, ResponseState.ACCEPTED)
    response.state, response.accepted_at, response.accepted_by_id = ResponseState.ACCEPTED, now, by
    response.comment = None
    session.flush()
    record(session, "response.accepted", by=by, subject=response.id, now=now)


def return_for_more(session: Session, *, response: Response, comment: str, by: SupporterId, now: datetime) -> None:
    """Back to its writer with a comment, and a mail that it has come back."""
    rules.check_step(response.state, ResponseState.RETURNED)
    response.state, response.comment = ResponseState.RETURNED, comment
    session.flush()
    record(session, "response.returned", by=by, subject=response.id, now=now)
    owe_mail(
        session,
        to=response.supporter_id,
        message="survey-returned",
        now=now,
        comment=comment,
        **_named(response.lecture),
    )


def _named(lecture: Lecture) -> dict[str, Any]:
    """What a mail needs to call a lecture by its name in the receiver's language."""
    return {
        "lecture": lecture.code,
        "titles": lecture.titles,
        "labels": lecture.series.labels,
        "number": lecture.number,
    }


def _mine(session: Session, *, supporter: SupporterId, lecture: str, now: datetime) -> Response:
    found = queries.response_of(session, supporter=supporter, lecture_code=lecture)
    if found is None:
        version = queries.newest_version(session, lecture)
        # Two tabs may begin at once: the constraint keeps one row, and both go on with it.
        insert_once(
            session,
            Response,
            supporter_id=supporter,
            lecture_id=version.lecture_id,
            survey_version_id=version.id,
            state=ResponseState.DRAFT,
            answers={},
            saved_at=now,
            version=1,
        )
        found = queries.response_of(session, supporter=supporter, lecture_code=lecture)
        assert found is not None
    return found


def _answer(session: Session, response: Response, *, lecture: str, answers: Answers, now: datetime) -> None:
    response.survey_version_id = queries.newest_version(session, lecture).id
    response.answers, response.saved_at = dict(answers), now


def load_versions(session: Session, *, surveys: Mapping[str, dict[str, Any]], now: datetime) -> int:
    """A new version of each survey whose questions changed; old versions stay with their answers. How many are new."""
    new = 0
    for code, content in surveys.items():
        lecture = courses.lecture(session, code)
        versions = sorted(
            session.query(SurveyVersion).filter_by(lecture_id=lecture.id), key=lambda version: version.number
        )
        if not versions or versions[-1].content != content:
            session.add(SurveyVersion(lecture_id=lecture.id, number=len(versions) + 1, content=content, since=now))
            new += 1
    session.flush()
    return new

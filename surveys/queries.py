"""Questions about surveys and responses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from courses.models import Lecture, Series
from lms.kernel.clock import tokyo_day
from lms.kernel.errors import NotFound
from lms.kernel.identity import SupporterId
from lms.supporters.models import Supporter
from surveys.models import Response, SurveyVersion
from surveys.rules import ResponseState
from surveys.survey_file import SurveyEntry


@dataclass(frozen=True)
class Held:
    """A response as the qualification rules see it; `submitted_on` is a Tokyo day, None for a draft."""

    response_id: int
    lecture: str
    state: ResponseState
    submitted_on: date | None


@dataclass(frozen=True)
class QueueRow:
    """A response as the secretariat's list shows it."""

    id: int
    supporter_id: SupporterId
    supporter_name: str
    network_id: str
    lecture: str
    lecture_titles: dict[str, str]
    series_labels: dict[str, str]
    lecture_number: int
    state: ResponseState
    submitted_at: datetime


def newest_version(session: Session, lecture_code: str) -> SurveyVersion:
    """The questions asked today about a lecture. Raises NotFound."""
    wanted = sa.select(SurveyVersion).join(Lecture, SurveyVersion.lecture_id == Lecture.id)
    found = session.scalar(wanted.where(Lecture.code == lecture_code).order_by(SurveyVersion.number.desc()).limit(1))
    if found is None:
        raise NotFound("There is no survey about this lecture.")
    return found


def response_of(session: Session, *, supporter: SupporterId, lecture_code: str) -> Response | None:
    """Somebody's response about a lecture, with its questions."""
    wanted = sa.select(Response).join(Response.lecture).options(joinedload(Response.survey_version))
    return session.scalar(wanted.where(Response.supporter_id == supporter, Lecture.code == lecture_code))


def response(session: Session, response_id: int) -> Response:
    """A response that was sent, with its lecture and questions. Raises NotFound; drafts are nobody else's business."""
    wanted = sa.select(Response).where(Response.id == response_id, Response.state != ResponseState.DRAFT)
    whole = wanted.options(joinedload(Response.lecture).joinedload(Lecture.series), joinedload(Response.survey_version))
    found = session.scalar(whole)
    if found is None:
        raise NotFound("There is no such response.")
    return found


def next_to_read(session: Session, *, after: Response) -> int | None:
    """The response to read after this one: the next in the queue, behind its end the first; None if no other waits."""
    at_once = sa.and_(Response.submitted_at == after.submitted_at, Response.id > after.id)
    is_later = sa.or_(Response.submitted_at > after.submitted_at, at_once)
    wanted = sa.select(Response.id).where(Response.state == ResponseState.SUBMITTED, Response.id != after.id)
    return session.scalar(wanted.order_by(is_later.desc(), Response.submitted_at, Response.id).limit(1))


def entry_of(version: SurveyVersion) -> SurveyEntry:
    """The questions of a version."""
    return SurveyEntry.from_json(version.content)


def held(session: Session, *, supporter: SupporterId) -> list[Held]:
    """Everything somebody has answered or begun. One query."""
    return held_by(session, supporters=[supporter]).get(supporter, [])


def held_by(session: Session, *, supporters: Sequence[SupporterId]) -> dict[SupporterId, list[Held]]:
    """The same for many people, still one query."""
    wanted = sa.select(Response, Lecture.code).join(Response.lecture).where(Response.supporter_id.in_(supporters))
    found: dict[SupporterId, list[Held]] = {}
    for row, code in session.execute(wanted.order_by(Response.id)):
        on = tokyo_day(row.submitted_at) if row.submitted_at else None
        found.setdefault(row.supporter_id, []).append(Held(row.id, code, row.state, on))
    return found


def queue(session: Session, *, state: ResponseState) -> list[QueueRow]:
    """Responses in a state, the one that has waited longest first. One query."""
    rows = session.execute(
        sa.select(Response, Supporter.display_name, Supporter.network_id, Lecture, Series.labels)
        .join(Supporter, Response.supporter_id == Supporter.id)
        .join(Lecture, Response.lecture_id == Lecture.id)
        .join(Series, Lecture.series_id == Series.id)
        .where(Response.state == state, Response.submitted_at.is_not(None))
        .order_by(Response.submitted_at, Response.id)
    )
    return [
        QueueRow(
            id=row.id,
            supporter_id=row.supporter_id,
            supporter_name=name,
            network_id=network_id,
            lecture=lecture.code,
            lecture_titles=lecture.titles,
            series_labels=labels,
            lecture_number=lecture.number,
            state=row.state,
            submitted_at=row.submitted_at or row.saved_at,
        )
        for row, name, network_id, lecture, labels in rows
    ]

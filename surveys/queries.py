"""Questions about surveys and responses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from courses.models import Lecture, Series
from lms.kernel import keyset
from lms.kernel.clock import tokyo_day
from lms.kernel.errors import NotFound
from lms.kernel.identity import SupporterId
from lms.kernel.keyset import Order, Slice
from lms.supporters.models import Supporter
from surveys.models import Response, SurveyVersion
from surveys.rules import ResponseState
from surveys.survey_file import SurveyEntry

PAGE = 50
PORTION = 1000
LONGEST_FIRST = Order((Response.submitted_at, Response.id))


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


def queue(
    session: Session, *, state: ResponseState, lecture: str | None = None, at: str | None = None, size: int = PAGE
) -> Slice:
    """A page of the responses in a state, of one lecture or all, the one that has waited longest first. One query."""
    found = keyset.page_of(session, _queue(state, lecture), order=LONGEST_FIRST, at=at, size=size)
    return replace(found, rows=[_queue_row(row) for row in found.rows])


def whole_queue(session: Session, *, state: ResponseState, lecture: str | None = None) -> Iterator[QueueRow]:
    """All of them, in portions, for a file."""
    for portion in keyset.portions(session, _queue(state, lecture), order=LONGEST_FIRST, size=PORTION):
        yield from map(_queue_row, portion)


def counts(session: Session) -> dict[ResponseState, int]:
    """How many responses there are in each state."""
    found = session.execute(sa.select(Response.state, sa.func.count()).group_by(Response.state))
    return dict.fromkeys(ResponseState, 0) | dict(found.all())


def _queue(state: ResponseState, lecture: str | None) -> sa.Select[Any]:
    columns: tuple[Any, ...] = (
        Response.id,
        Response.supporter_id,
        Response.state,
        Response.submitted_at,
        Supporter.display_name,
        Supporter.network_id,
        Lecture.code,
        Lecture.titles,
        Lecture.number,
        Series.labels,
    )
    wanted = (
        sa.select(*columns)
        .join(Supporter, Response.supporter_id == Supporter.id)
        .join(Lecture, Response.lecture_id == Lecture.id)
        .join(Series, Lecture.series_id == Series.id)
        .where(Response.state == state, Response.submitted_at.is_not(None))
    )
    return wanted if lecture is None else wanted.where(Lecture.code == lecture)


def _queue_row(row: sa.Row[Any]) -> QueueRow:
    return QueueRow(
        id=row.id,
        supporter_id=row.supporter_id,
        supporter_name=row.display_name,
        network_id=row.network_id,
        lecture=row.code,
        lecture_titles=row.titles,
        series_labels=row.labels,
        lecture_number=row.number,
        state=row.state,
        submitted_at=row.submitted_at,
    )

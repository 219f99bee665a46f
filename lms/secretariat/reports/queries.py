"""What a month report counts: five questions, however many people there are."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from courses import queries as courses
from courses.models import Attestation, Lecture, Recording, Viewing
from lms.kernel.history import HistoryEntry
from lms.kernel.i18n import known
from lms.kernel.identity import Role
from lms.memoranda.models import Memorandum, Posting
from lms.memoranda.rules import PostingKind, Route
from lms.qualification.models import Qualification
from lms.secretariat.reports.periods import Period
from lms.supporters.models import Supporter
from lms.supporters.rules import Participation
from surveys.models import Response


class Part(StrEnum):
    """The tables of a report."""

    REGISTRATIONS = "registrations"
    WATCHED = "watched"
    ANSWERS = "answers"
    QUALIFIED = "qualified"
    PAPERS = "papers"


class Answers(StrEnum):
    """What happens to a survey response."""

    SENT = "sent"
    ACCEPTED = "accepted"


class Papers(StrEnum):
    """What happens to a memorandum."""

    DUE = "due"
    POSTED = "posted"
    RETURNED = "returned"
    COMPLETE = "complete"


@dataclass(frozen=True)
class Counted:
    """A table of a report: its rows in order, and how many of each by language."""

    part: Part
    rows: tuple[str, ...]
    counts: Counter[tuple[str, str]]


def counted(session: Session, period: Period) -> list[Counted]:
    """Everything that is counted in a period, by the language in which each person reads the site today."""
    lectures = tuple(lecture.code for lecture in courses.lectures(session))
    return [
        Counted(Part.REGISTRATIONS, tuple(Participation), _by_language(session, _registrations(period))),
        Counted(Part.WATCHED, lectures, _by_language(session, _watched(period))),
        Counted(Part.ANSWERS, tuple(Answers), _by_language(session, _answers(period))),
        Counted(Part.QUALIFIED, tuple(Route), _by_language(session, _qualified(period))),
        Counted(Part.PAPERS, tuple(Papers), _by_language(session, _papers(period))),
    ]


def _by_language(
    session: Session, steps: sa.Select[Any, Any] | sa.CompoundSelect[Any, Any]
) -> Counter[tuple[str, str]]:
    """Count rows of (what, whose) by what and by the person's language; the secretariat itself is not counted."""
    each = steps.subquery()
    wanted = (
        sa.select(each.c.what, Supporter.locale, sa.func.count())
        .join(Supporter, Supporter.id == each.c.whose)
        .where(Supporter.role == Role.SUPPORTER)
        .group_by(each.c.what, Supporter.locale)
    )
    found: Counter[tuple[str, str]] = Counter()
    for what, locale, count in session.execute(wanted):
        found[str(what), known(locale)] += count
    return found


def _within(moment: sa.ColumnElement[Any] | Any, period: Period) -> sa.ColumnElement[bool]:
    return sa.and_(moment >= period.begin, moment < period.end)


def _registrations(period: Period) -> sa.Select[Any, Any]:
    # As they registered: what they wish may have changed since, and a report must not change with it.
    way = HistoryEntry.facts["participation"].as_string()
    return sa.select(way.label("what"), HistoryEntry.subject_id.label("whose")).where(
        HistoryEntry.subject_kind == "supporter",
        HistoryEntry.step == "supporter.registered",
        _within(HistoryEntry.at, period),
    )


def _watched(period: Period) -> sa.Select[Any, Any]:
    """Each lecture of each person once, when they had first watched enough of any version or it was attested."""
    covered = sa.union_all(
        sa.select(Viewing.supporter_id.label("whose"), Recording.lecture_id, Viewing.covered_at.label("at"))
        .join(Recording, Viewing.recording_id == Recording.id)
        .where(Viewing.covered_at.is_not(None)),
        sa.select(Attestation.supporter_id, Attestation.lecture_id, Attestation.attested_at),
    ).subquery()
    first = (
        sa.select(covered.c.whose, covered.c.lecture_id)
        .group_by(covered.c.whose, covered.c.lecture_id)
        .having(_within(sa.func.min(covered.c.at), period))
        .subquery()
    )
    return sa.select(Lecture.code.label("what"), first.c.whose).join(Lecture, Lecture.id == first.c.lecture_id)


def _answers(period: Period) -> sa.CompoundSelect[Any, Any]:
    return sa.union_all(
        _labelled(Answers.SENT, Response.supporter_id).where(_within(Response.submitted_at, period)),
        _labelled(Answers.ACCEPTED, Response.supporter_id).where(_within(Response.accepted_at, period)),
    )


def _qualified(period: Period) -> sa.Select[Any, Any]:
    route, whose = Qualification.route.label("what"), Qualification.supporter_id.label("whose")
    return sa.select(route, whose).where(_within(Qualification.decided_at, period))


def _papers(period: Period) -> sa.CompoundSelect[Any, Any]:
    posted = sa.select(Posting.memorandum_id).where(
        Posting.kind == PostingKind.PACK, Posting.posted_on >= period.first, Posting.posted_on <= period.last
    )
    back = sa.and_(Memorandum.returned_on >= period.first, Memorandum.returned_on <= period.last)
    return sa.union_all(
        _labelled(Papers.DUE, Memorandum.supporter_id).where(_within(Memorandum.due_at, period)),
        _labelled(Papers.POSTED, Memorandum.supporter_id).where(Memorandum.id.in_(posted)),
        _labelled(Papers.RETURNED, Memorandum.supporter_id).where(back),
        _labelled(Papers.COMPLETE, Memorandum.supporter_id).where(_within(Memorandum.completed_at, period)),
    )


def _labelled(what: StrEnum, whose: Any) -> sa.Select[Any, Any]:
    return sa.select(sa.literal(what.value).label("what"), whose.label("whose"))

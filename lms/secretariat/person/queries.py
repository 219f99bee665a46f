"""Everything that happened to one person, newest first: one query a source, however much happened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from courses.models import Lecture, Recording, Sitting, Viewing
from lms.kernel.clock import tokyo_day
from lms.kernel.history import HistoryEntry
from lms.kernel.identity import SupporterId
from lms.memoranda.models import BatchItem, Memorandum, Posting
from lms.qualification.models import Qualification
from lms.secretariat.notes import queries as notes
from lms.secretariat.notes.models import SupporterNote
from lms.supporters.models import Mail, Supporter
from surveys.models import Response

PAGE = 30
ATTESTED = "supporter.lecture_attested"


class Kind(StrEnum):
    """What the timeline can be narrowed to."""

    PERSON = "person"
    LECTURES = "lectures"
    ANSWERS = "answers"
    PAPERS = "papers"
    MAILS = "mails"
    NOTES = "notes"


@dataclass(frozen=True)
class Day:
    """What somebody watched on a day of Tokyo's calendar: which lectures, and how much new film in milliseconds."""

    on: date
    lectures: Sequence[str]
    credited_ms: int


@dataclass(frozen=True)
class Happening:
    """One line of the timeline: a step of the record, a mail, a day of watching or a note; exactly one of them.

    `lecture` is the code of the one that an answer was about.
    """

    at: datetime
    kind: Kind
    step: HistoryEntry | None = None
    mail: Mail | None = None
    day: Day | None = None
    note: SupporterNote | None = None
    lecture: str | None = None


@dataclass(frozen=True)
class Timeline:
    """A page of what happened, and whether there is more."""

    lines: Sequence[Happening]
    has_more: bool


@dataclass(frozen=True)
class OpenPapers:
    """What the desk must know of somebody's newest memorandum: since when it is out, in which open batch it lies."""

    posted_on: date | None
    batch: int | None


def timeline(session: Session, *, supporter: SupporterId, kind: Kind | None, page: int) -> Timeline:
    """A page of what happened to somebody, newest first, narrowed to a kind. Four queries at most."""
    most = page * PAGE + 1
    found: list[Happening] = []
    found += _steps(session, supporter, kind, most=most)
    if kind in {None, Kind.MAILS}:
        found += _mails(session, supporter, most=most)
    if kind in {None, Kind.LECTURES}:
        found += _days(session, supporter)
    if kind in {None, Kind.NOTES}:
        found += [
            Happening(note.written_at, Kind.NOTES, note=note)
            for note in notes.newest(session, supporter=supporter, most=most)
        ]
    found.sort(key=lambda line: line.at, reverse=True)
    shown = found[most - 1 - PAGE : most - 1]
    return Timeline(shown, len(found) >= most)


def failed_mails(session: Session, *, supporter: SupporterId) -> int:
    """How many mails to somebody failed and wait to be seen to."""
    failed = sa.select(sa.func.count()).where(Mail.failed_at.is_not(None), Mail.settled_at.is_(None))
    return session.scalar(failed.where(Mail.supporter_id == supporter)) or 0


def open_papers(session: Session, memorandum: Memorandum | None) -> OpenPapers:
    """What else the desk must know of a memorandum. One query."""
    if memorandum is None:
        return OpenPapers(None, None)
    posted_on = sa.select(Posting.posted_on).where(Posting.id == memorandum.posting_id).scalar_subquery()
    batch = sa.select(BatchItem.batch_id).where(BatchItem.memorandum_id == memorandum.id, BatchItem.closed_at.is_(None))
    return OpenPapers(*session.execute(sa.select(posted_on, batch.scalar_subquery())).one())


def _steps(session: Session, supporter: SupporterId, kind: Kind | None, *, most: int) -> Iterable[Happening]:
    if kind is Kind.NOTES:
        return []
    of_kind = _subjects(supporter, kind)
    wanted = (
        sa.select(HistoryEntry, Lecture.code)
        .outerjoin(Response, sa.and_(HistoryEntry.subject_kind == "response", HistoryEntry.subject_id == Response.id))
        .outerjoin(Lecture, Response.lecture_id == Lecture.id)
        .where(of_kind)
        .order_by(HistoryEntry.at.desc(), HistoryEntry.id.desc())
        .limit(most)
    )
    return [
        Happening(step.at, _kind_of(step), step=step, lecture=step.facts.get("lecture") or lecture)
        for step, lecture in session.execute(wanted)
    ]


def _subjects(supporter: SupporterId, kind: Kind | None) -> sa.ColumnElement[bool]:
    """The steps of everything that is somebody's, or of one kind of it."""

    def of(subject: str, theirs: sa.Select[int]) -> sa.ColumnElement[bool]:
        return sa.and_(HistoryEntry.subject_kind == subject, HistoryEntry.subject_id.in_(theirs))

    themselves = sa.and_(HistoryEntry.subject_kind == "supporter", HistoryEntry.subject_id == supporter)
    of_kind = {
        Kind.PERSON: sa.and_(themselves, HistoryEntry.step != ATTESTED),
        Kind.LECTURES: sa.or_(
            sa.and_(themselves, HistoryEntry.step == ATTESTED),
            of("viewing", sa.select(Viewing.id).where(Viewing.supporter_id == supporter)),
        ),
        Kind.ANSWERS: of("response", sa.select(Response.id).where(Response.supporter_id == supporter)),
        Kind.PAPERS: sa.or_(
            of("qualification", sa.select(Qualification.id).where(Qualification.supporter_id == supporter)),
            of("memorandum", sa.select(Memorandum.id).where(Memorandum.supporter_id == supporter)),
        ),
        Kind.MAILS: of("mail", sa.select(Mail.id).where(Mail.supporter_id == supporter)),
    }
    return of_kind[kind] if kind else sa.or_(*of_kind.values())


def _kind_of(step: HistoryEntry) -> Kind:
    if step.step == ATTESTED:
        return Kind.LECTURES
    kinds = {
        "supporter": Kind.PERSON,
        "viewing": Kind.LECTURES,
        "response": Kind.ANSWERS,
        "mail": Kind.MAILS,
    }
    return kinds.get(step.subject_kind, Kind.PAPERS)


def _mails(session: Session, supporter: SupporterId, *, most: int) -> list[Happening]:
    at = sa.func.coalesce(Mail.sent_at, Mail.failed_at, Mail.owed_since)
    wanted = sa.select(Mail).where(Mail.supporter_id == supporter).order_by(at.desc(), Mail.id.desc()).limit(most)
    return [
        Happening(mail.sent_at or mail.failed_at or mail.owed_since, Kind.MAILS, mail=mail)
        for mail in session.scalars(wanted)
    ]


def _days(session: Session, supporter: SupporterId) -> list[Happening]:
    """All days on which somebody watched: some hundred sittings at most, of which only these columns are read."""
    rows = session.execute(
        sa.select(Sitting.last_at, Sitting.credited_ms, Lecture.code)
        .join(Recording, Sitting.recording_id == Recording.id)
        .join(Lecture, Recording.lecture_id == Lecture.id)
        .where(Sitting.supporter_id == supporter)
        .order_by(Sitting.last_at)
    )
    found = []
    for on, sittings in groupby(rows, key=lambda row: tokyo_day(row[0])):
        of_day = list(sittings)
        lectures = tuple(dict.fromkeys(code for _, _, code in of_day))
        day = Day(on, lectures, sum(credited for _, credited, _ in of_day))
        found.append(Happening(of_day[-1][0], Kind.LECTURES, day=day))
    return found


def writers(session: Session, *, lines: Iterable[Happening], notes: Iterable[SupporterNote]) -> dict[SupporterId, str]:
    """The names of whoever did what these lines tell, and wrote these notes. One query."""
    people = {line.step.by_id for line in lines if line.step}
    people |= {note.by_id for note in (*notes, *(line.note for line in lines if line.note))}
    wanted = sa.select(Supporter.id, Supporter.display_name).where(Supporter.id.in_(people - {None}))
    return dict(session.execute(wanted).all())

"""Where people stand: their responses, their way of taking part and the programme, brought before the rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from courses import queries as courses
from courses.models import Lecture, ProgrammeVersion
from courses.rules import Programme, programme_for
from lms.kernel.clock import tokyo_day
from lms.kernel.errors import NotFound
from lms.kernel.identity import Role, SupporterId
from lms.memoranda.models import Memorandum
from lms.memoranda.rules import Route, State
from lms.qualification import rules
from lms.qualification.missing import missing_filter, reminder_filter
from lms.qualification.models import Qualification
from lms.qualification.rules import Answered, Assessment, Person
from lms.supporters.models import Standing, Supporter
from lms.supporters.rules import StandingKind, Wish
from surveys.models import Response

__all__ = [
    "assessment_of",
    "assessments",
    "decision_of",
    "experience_waiting",
    "known_of",
    "missing_filter",
    "programme_on",
    "qualification_of",
    "qualified_without_memorandum",
    "reminder_filter",
    "without_decision",
]


@dataclass(frozen=True)
class Known:
    """Somebody as the rules see them."""

    supporter: SupporterId
    person: Person
    answered: tuple[Answered, ...]


@dataclass(frozen=True)
class Counted:
    """A survey that counted towards a decision; `accepted_by` is empty where the programme accepts by itself."""

    series_labels: Mapping[str, str]
    number: int
    submitted_on: date
    accepted_at: datetime
    accepted_by: str | None


@dataclass(frozen=True)
class Decision:
    """A stored decision with everything it rests on, for whoever reads it."""

    decided_at: datetime
    route: Route
    rule_year: int
    programme: Mapping[str, str]
    version: int
    counted: tuple[Counted, ...]
    confirmed_at: datetime | None
    confirmed_by: str | None


def decision_of(session: Session, supporter: SupporterId) -> Decision | None:
    """The decision about somebody as it can be told. Two queries, three where surveys counted."""
    row = session.execute(
        sa.select(Qualification, ProgrammeVersion.number, ProgrammeVersion.rules)
        .join(ProgrammeVersion, Qualification.programme_version_id == ProgrammeVersion.id)
        .where(Qualification.supporter_id == supporter)
    ).one_or_none()
    if row is None:
        return None
    kept, version, said = row
    ids = {kept.confirmed_by_id, *(one["accepted_by"] for one in kept.evidence)} - {None}
    names = {row.id: row.display_name for row in session.execute(_names(ids))}
    lectures = {lecture.code: lecture for lecture in courses.lectures(session)} if kept.evidence else {}
    return Decision(
        decided_at=kept.decided_at,
        route=kept.route,
        rule_year=kept.rule_year,
        programme=said["title"],
        version=version,
        counted=tuple(
            Counted(
                series_labels=lectures[one["lecture"]].series.labels,
                number=lectures[one["lecture"]].number,
                submitted_on=date.fromisoformat(one["submitted_on"]),
                accepted_at=datetime.fromisoformat(one["accepted_at"]),
                accepted_by=names.get(one["accepted_by"]),
            )
            for one in kept.evidence
        ),
        confirmed_at=kept.confirmed_at,
        confirmed_by=names.get(kept.confirmed_by_id),
    )


def _names(ids: Iterable[SupporterId]) -> sa.Select[SupporterId, str]:
    return sa.select(Supporter.id, Supporter.display_name).where(Supporter.id.in_(ids))


def qualification_of(session: Session, supporter: SupporterId) -> Qualification | None:
    """The stored decision, if there is one."""
    return session.scalar(sa.select(Qualification).where(Qualification.supporter_id == supporter))


def programme_on(session: Session, *, on: date) -> tuple[int, Programme] | None:
    """The programme whose rules hold on a day, with its row id."""
    known = courses.programmes(session)
    found = programme_for(known.values(), on=on)
    return next(((row_id, p) for row_id, p in known.items() if p is found), None)


def assessment_of(session: Session, *, supporter: SupporterId, on: date) -> Assessment:
    """Where somebody stands on a day. Raises NotFound."""
    found = assessments(session, supporters=[supporter], on=on)
    if supporter not in found:
        raise NotFound("There is no such supporter.")
    return found[supporter]


def assessments(
    session: Session, *, supporters: Sequence[SupporterId] | None = None, on: date
) -> dict[SupporterId, Assessment]:
    """Where these people, or all, stand on a day. Two queries and those for programmes and for watching."""
    programmes = tuple(courses.programmes(session).values())
    watched = {code for programme in programmes for code in programme.require_watched}
    return {
        one.supporter: rules.assess(one.person, programmes=programmes, answered=one.answered, on=on)
        for one in known_of(session, supporters=supporters, watched=watched)
    }


def known_of(
    session: Session, *, supporters: Sequence[SupporterId] | None = None, watched: Iterable[str] = ()
) -> list[Known]:
    """What the rules need to know of these people, or of all; `watched` are the lectures whose watching counts.

    Two queries, however many people; two more if watching counts.
    """
    answered: dict[SupporterId, list[Answered]] = {}
    responses = sa.select(Response.supporter_id, Response.id, Lecture.code, Response.state, Response.submitted_at).join(
        Lecture, Response.lecture_id == Lecture.id
    )
    people = sa.select(
        Supporter.id,
        Supporter.wish,
        Supporter.experience_declared,
        Supporter.experience_confirmed_at.is_not(None),
        Supporter.postal_code.is_not(None),
        _has(Standing, Standing.kind == StandingKind.TRAINEE, Standing.until.is_(None)),
        _has(Qualification),
        _has(Memorandum, Memorandum.state == State.DUE),
    )
    if supporters is not None:
        responses = responses.where(Response.supporter_id.in_(supporters))
        people = people.where(Supporter.id.in_(supporters))
    for supporter, response_id, lecture, state, at in session.execute(responses.order_by(Response.id)):
        on = tokyo_day(at) if at else None
        answered.setdefault(supporter, []).append(Answered(response_id, lecture, state.value, on))
    seen = courses.shares(session, lectures=watched, supporters=supporters)
    return [
        Known(
            supporter,
            Person(
                wishes_to_accompany=wish is Wish.ACCOMPANY,
                is_trainee=is_trainee,
                experience_declared=declared,
                experience_confirmed=confirmed,
                is_qualified=is_qualified,
                papers_due=papers_due,
                has_address=has_address,
                watched=seen.get(supporter, {}),
            ),
            tuple(answered.get(supporter, ())),
        )
        for supporter, wish, declared, confirmed, has_address, is_trainee, is_qualified, papers_due in session.execute(
            people.order_by(Supporter.id)
        )
    ]


def _has(model: type[Standing | Qualification | Memorandum], *where: sa.ColumnExpressionArgument[bool]) -> sa.Exists:
    return sa.exists().where(model.supporter_id == Supporter.id, *where)


def experience_waiting(session: Session) -> Sequence[Supporter]:
    """People who say that they are experienced, whom the secretariat has not confirmed yet."""
    wanted = sa.select(Supporter).where(
        Supporter.experience_declared, Supporter.experience_confirmed_at.is_(None), Supporter.wish == Wish.ACCOMPANY
    )
    return session.scalars(wanted.order_by(Supporter.registered_at)).all()


def qualified_without_memorandum(session: Session) -> Sequence[SupporterId]:
    """People with a decision and no memorandum of any year; while a programme runs there should never be any."""
    wanted = sa.select(Qualification.supporter_id).outerjoin(
        Memorandum, Memorandum.supporter_id == Qualification.supporter_id
    )
    return session.scalars(wanted.where(Memorandum.id.is_(None))).all()


def without_decision(session: Session) -> Sequence[SupporterId]:
    """Supporters about whom nothing was decided yet."""
    undecided = ~_has(Qualification)
    return session.scalars(sa.select(Supporter.id).where(undecided, Supporter.role == Role.SUPPORTER)).all()

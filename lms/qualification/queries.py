"""Where people stand: their responses, their way of taking part and the programme, brought before the rules."""

from collections.abc import Iterable, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from courses import queries as courses
from courses.rules import Programme, programme_for
from lms.kernel.identity import Role, SupporterId
from lms.memoranda.models import Memorandum
from lms.qualification import rules
from lms.qualification.models import Qualification
from lms.qualification.rules import Answered, Assessment, Person
from lms.supporters import queries as supporters
from lms.supporters.models import Supporter
from lms.supporters.rules import StandingKind, Wish
from surveys import queries as surveys
from surveys.queries import Held


def qualification_of(session: Session, supporter: SupporterId) -> Qualification | None:
    """The stored decision, if there is one."""
    return session.scalar(sa.select(Qualification).where(Qualification.supporter_id == supporter))


def programme_on(session: Session, *, on: date) -> tuple[int, Programme] | None:
    """The programme whose rules hold on a day, with its row id."""
    known = courses.programmes(session)
    found = programme_for(known.values(), on=on)
    return next(((row_id, p) for row_id, p in known.items() if p is found), None)


def assessment_of(session: Session, *, supporter: SupporterId, on: date) -> Assessment:
    """Where somebody stands on a day."""
    person = supporters.supporter(session, supporter)
    standing = supporters.open_standing(session, supporter)
    return assessment_from(
        person,
        standing.kind if standing else None,
        surveys.held(session, supporter=supporter),
        programmes=courses.programmes(session).values(),
        on=on,
    )


def assessment_from(
    person: Supporter, standing: StandingKind | None, held: Iterable[Held], *, programmes: Iterable[Programme], on: date
) -> Assessment:
    """The same from rows at hand, for lists."""
    return rules.assess(
        Person(
            wishes_to_accompany=person.wish is Wish.ACCOMPANY,
            is_trainee=standing is StandingKind.TRAINEE,
            experience_declared=person.experience_declared,
            experience_confirmed=person.experience_confirmed_at is not None,
        ),
        programmes=programmes,
        answered=[Answered(h.response_id, h.lecture, h.state, h.submitted_on) for h in held],
        on=on,
    )


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


def not_yet_qualified(session: Session) -> Sequence[SupporterId]:
    """People who wish to accompany and have no decision yet."""
    wanted = (
        sa.select(Supporter.id)
        .outerjoin(Qualification, Qualification.supporter_id == Supporter.id)
        .where(Qualification.id.is_(None), Supporter.wish == Wish.ACCOMPANY, Supporter.role == Role.SUPPORTER)
    )
    return session.scalars(wanted).all()

"""The demo's people: plainly fictitious, brought to where they stand by the same services that real people use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from lms.kernel.clock import tokyo_day
from lms.kernel.errors import msgid
from lms.kernel.identity import Role, SupporterId
from lms.memoranda import queries as memoranda
from lms.memoranda import services as papers
from lms.memoranda.jobs import pack_of, render
from lms.memoranda.models import Memorandum
from lms.memoranda.rules import ORDER, Service, Signing, State
from lms.qualification import services as qualification
from lms.supporters import queries as supporters
from lms.supporters import services
from lms.supporters.rules import Participation, address_of
from lms.supporters.services import Registration
from lms.web.context import House
from surveys import queries as surveys
from surveys import services as responses
from surveys.survey_file import Kind, QuestionEntry, SurveyEntry

PASSWORD = "mihon-2026"  # noqa: S105 – printed on the demo's sign-in page
COMMENT = "ありがとうございます。「学んだこと」を、もう少しくわしく書いてください。"
BASIC = ("basic-1", "basic-2", "basic-3", "basic-4", "basic-5")


@dataclass(frozen=True)
class Account:
    """A demo sign-in and what it shows, an English msgid."""

    email: str
    name: str
    what: str


OFFICE = Account("mihon-office@example.jp", "見本 事務局", msgid("Works at the secretariat"))
TRAINEE = Account("mihon-trainee@example.jp", "見本 花子", msgid("On the way: only basic ② is left"))
FOREIGN_ROOTS = Account("mihon-kenshu@example.jp", "Mihon Thị Mẫu", msgid("Has roots abroad, learns in trainee mode"))
SUPPORTER = Account("mihon-supporter@example.jp", "見本 太郎", msgid("Accompanies people: everything is complete"))
ACCOUNTS = (OFFICE, TRAINEE, FOREIGN_ROOTS, SUPPORTER)

WATCHED: Mapping[str, Mapping[str, float]] = {
    TRAINEE.email: {"basic-1": 1, "basic-2": 0.2, "basic-3": 1, "basic-4": 0.95, "basic-5": 1, "advanced-2": 0.4},
    FOREIGN_ROOTS.email: {"basic-1": 1, "basic-2": 0.6},
    SUPPORTER.email: dict.fromkeys((*BASIC, "advanced-1", "advanced-3"), 1),
}


@dataclass(frozen=True)
class Life:
    """How far a demo person has come.

    Surveys accepted and only sent, days since registration, the memorandum's state.
    """

    email: str
    name: str
    kana: str
    participation: Participation
    days: int
    locale: str = "ja"
    accepted: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    address: bool = True
    papers: State = State.DUE
    confirmed: bool = False


NEW, OLD = Participation.INEXPERIENCED, Participation.EXPERIENCED
LIVES = (
    Life(TRAINEE.email, TRAINEE.name, "ミホン ハナコ", NEW, 30, accepted=("basic-1", "basic-3", "basic-4", "basic-5")),
    Life(FOREIGN_ROOTS.email, FOREIGN_ROOTS.name, "", Participation.TRAINEE, 20, sent=("basic-1",), address=False),
    Life(SUPPORTER.email, SUPPORTER.name, "ミホン タロウ", NEW, 90, accepted=BASIC, papers=State.COMPLETE),
    Life("mihon-01@example.jp", "見本 一郎", "ミホン イチロウ", NEW, 60, accepted=BASIC[:4], sent=("basic-5",)),
    Life("mihon-02@example.jp", "見本 二葉", "ミホン フタバ", NEW, 45, accepted=BASIC[:2], returned=("basic-3",)),
    Life("mihon-03@example.jp", "見本 三郎", "ミホン サブロウ", NEW, 14),
    Life("mihon-04@example.jp", "Mihon Trần Văn Mẫu", "", NEW, 70, locale="vi", accepted=BASIC, papers=State.POSTED),
    Life("mihon-05@example.jp", "María Mihon Ejemplo", "", OLD, 40, locale="es", confirmed=True, papers=State.PRINTED),
    Life("mihon-06@example.jp", "見本 睦美", "ミホン ムツミ", OLD, 6, address=False),
    Life("mihon-07@example.jp", "見本 七海", "ミホン ナナミ", NEW, 55, accepted=BASIC),
    Life("mihon-08@example.jp", "見本 八重子", "ミホン ヤエコ", NEW, 80, accepted=BASIC, address=False),
    Life("mihon-09@example.jp", "Sample Mihon", "", NEW, 75, locale="en", accepted=BASIC, papers=State.RETURNED),
    Life("mihon-10@example.jp", "見本 学", "ミホン マナブ", Participation.LEARN, 12, sent=("advanced-3",)),
)


def fill(session: Session, *, house: House, now: datetime) -> None:
    """All of them, unless they are there."""
    if supporters.email_is_taken(session, OFFICE.email):
        return
    details = Registration(OFFICE.name, "", OFFICE.email, PASSWORD, Participation.LEARN, "ja")
    office = services.register(session, details=details, role=Role.SECRETARIAT, now=now - timedelta(days=100))
    for life in LIVES:
        person, times = _live(session, life, office=office.id, now=now)
        for memorandum in memoranda.of_supporter(session, person):
            _bring_to(session, memorandum, life.papers, house=house, office=office.id, times=times)


def _times(first: datetime, last: datetime) -> Iterator[datetime]:
    """Moments between two, a steady share of the way each, so that every step of a life has its own."""
    for step in count():
        yield first + (last - first) * (step / (step + 12))


def _live(
    session: Session, life: Life, *, office: SupporterId, now: datetime
) -> tuple[SupporterId, Iterator[datetime]]:
    times = _times(now - timedelta(days=life.days), now)
    details = Registration(life.name, life.kana, life.email, PASSWORD, life.participation, life.locale)
    person = services.register(session, details=details, now=next(times)).id
    if life.address:
        where = address_of("000-0000", "見本県見本市見本町1-2-3\n見本荘101号室")
        qualification.change_address(session, supporter=person, address=where, phone=None, now=next(times))
    for code in (*life.accepted, *life.returned, *life.sent):
        answers = _answers(surveys.entry_of(surveys.newest_version(session, code)))
        response = responses.submit(session, supporter=person, lecture=code, answers=answers, now=next(times))
        if code in life.accepted:
            qualification.accept_response(session, response_id=response.id, by=office, now=next(times))
        elif code in life.returned:
            qualification.return_response(session, response_id=response.id, comment=COMMENT, by=office, now=next(times))
    if life.confirmed:
        qualification.confirm_experience(session, supporter=person, by=office, now=next(times))
    return person, times


def _bring_to(
    session: Session, memo: Memorandum, state: State, *, house: House, office: SupporterId, times: Iterator[datetime]
) -> None:
    pack = pack_of(session, memo, settings=house.settings)
    if state is State.DUE or pack is None:
        return
    made_for = papers.receiver_fingerprint(supporters.supporter(session, memo.supporter_id))
    rendered = render(pack, memorandum_id=memo.id, made_for=made_for, storage=house.storage)
    papers.keep_pack(session, memorandum_id=memo.id, rendered=rendered)
    order = list(ORDER)
    for wanted in order[1 : order.index(state) + 1]:
        now = next(times)
        step: dict[str, Any] = {"memorandum": memo, "by": office, "now": now}
        dated = step | {"today": tokyo_day(now)}
        match wanted:
            case State.PRINTED:
                papers.mark_printed(session, **step)
            case State.POSTED:
                papers.mark_posted(session, posted_on=tokyo_day(now), service=Service.LETTER, tracking=None, **dated)
            case State.RETURNED:
                papers.mark_returned(session, returned_on=tokyo_day(now), signing=Signing.SEALED, **dated)
            case State.CHECKED:
                papers.mark_checked(session, memorandum_right=True, bank_form_right=True, **step)
            case State.COMPLETE:
                papers.complete(session, **step)


def _answers(survey: SurveyEntry) -> dict[str, Any]:
    return {question.code: _answer(question) for question in survey.questions}


def _answer(question: QuestionEntry) -> str | list[str]:
    match question.kind:
        case Kind.SCALE:
            return str((question.steps or 0) - 1)
        case Kind.ONE:
            return question.options[0].code
        case Kind.MANY:
            return [option.code for option in question.options[:2]]
        case Kind.SHORT:
            return "見本の短い回答です。"
        case Kind.LONG:
            return "見本の回答です。まず落ち着いて話を聞き、一人で抱えずに専門の人につなぐことを学びました。"

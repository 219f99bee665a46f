"""The demo's people: plainly fictitious, brought to where they stand by the same services that real people use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.clock import tokyo_day
from lms.kernel.errors import msgid
from lms.kernel.identity import Role, SupporterId
from lms.memoranda import queries as memoranda
from lms.memoranda import services as papers
from lms.memoranda.batches import queries as batch_queries
from lms.memoranda.batches import services as batches
from lms.memoranda.batches.proof import proof
from lms.memoranda.models import Batch, Memorandum
from lms.memoranda.papers import jobs as pack_jobs
from lms.memoranda.papers.queries import pack_of
from lms.memoranda.returns import services as returns
from lms.memoranda.rules import ORDER, Fault, Service, Signing, State
from lms.qualification import services as qualification
from lms.supporters import queries as supporters
from lms.supporters import services
from lms.supporters.models import Mail, MailFailure, Supporter
from lms.supporters.rules import Participation, address_of
from lms.supporters.services import Registration
from lms.web.context import House
from surveys import queries as surveys
from surveys import services as responses
from surveys.survey_file import Kind, QuestionEntry, SurveyEntry

PASSWORD = "mihon-2026"  # noqa: S105 – printed on the demo's sign-in page
COMMENT = "ありがとうございます。「学んだこと」を、もう少しくわしく書いてください。"
BASIC = ("basic-1", "basic-2", "basic-3", "basic-4", "basic-5")


# The last station of the way before a memorandum comes to stand beside it.
BESIDE = {
    State.HELD: State.DUE,
    State.WITHDRAWN: State.DUE,
    State.UNDELIVERABLE: State.POSTED,
    State.INCOMPLETE: State.POSTED,
}
TRACKING = "12345678903"


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
    room: str = "\n見本荘101号室"


LATE, UNREACHED = "mihon-15@example.jp", "mihon-16@example.jp"
REMINDED_BEFORE = timedelta(days=20)
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
    Life("mihon-11@example.jp", "見本 十一郎", "ミホン ジュウイチロウ", OLD, 50, confirmed=True, papers=State.HELD),
    Life("mihon-12@example.jp", "見本 十二子", "ミホン トニコ", OLD, 66, confirmed=True, papers=State.UNDELIVERABLE),
    Life("mihon-13@example.jp", "Mihon Lê Thị Mẫu", "", OLD, 58, locale="vi", confirmed=True, papers=State.INCOMPLETE),
    Life("mihon-14@example.jp", "見本 四季", "ミホン シキ", OLD, 85, confirmed=True, papers=State.WITHDRAWN),
    Life(LATE, "Mihon Muestra Larga", "", OLD, 120, locale="es", confirmed=True, papers=State.POSTED),
    Life(UNREACHED, "見本 届", "ミホン トドク", OLD, 35, confirmed=True, room=""),
    Life("mihon-17@example.jp", "見本 継続", "ミホン ケイゾク", OLD, 500, confirmed=True, papers=State.COMPLETE),
    Life("mihon-18@example.jp", "Mihon \u02bbOkina Sample", "", OLD, 44, "en", confirmed=True, papers=State.CHECKED),
)


def fill(session: Session, *, house: House, now: datetime) -> None:
    """All of them, unless they are there."""
    if supporters.email_is_taken(session, OFFICE.email):
        return
    details = Registration(OFFICE.name, "", OFFICE.email, PASSWORD, Participation.LEARN, "ja")
    office = services.register(session, details=details, role=Role.SECRETARIAT, now=now - timedelta(days=600))
    for life in LIVES:
        person, times = _live(session, life, office=office.id, now=now)
        for memorandum in memoranda.of_supporter(session, person):
            _bring_to(session, memorandum, life.papers, house=house, office=office.id, times=times)
    returns.remind_overdue(session, now=now - REMINDED_BEFORE)
    # What the desk asks about: a batch whose proof sheet has questions, and mails that did not arrive.
    ready = batch_queries.choosable(session, most=batches.MOST)
    batches.make(session, memorandum_ids=ready, by=office.id, now=now - timedelta(hours=3))
    _fail(session, UNREACHED, "registered", MailFailure.REFUSED, now=now)
    _fail(session, LATE, "memorandum-posted", MailFailure.UNSURE, now=now)


def _fail(session: Session, email: str, message: str, failure: MailFailure, *, now: datetime) -> None:
    person = select(Supporter.id).where(Supporter.email == email).scalar_subquery()
    mail = session.scalars(select(Mail).where(Mail.supporter_id == person, Mail.message == message)).one()
    mail.failed_at, mail.failure = mail.owed_since + timedelta(minutes=1), failure
    mail.begun_at = mail.owed_since if failure is MailFailure.UNSURE else None


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
        where = address_of("000-0000", f"見本県見本市見本町1-2-3{life.room}")
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
    way = BESIDE.get(state, state)
    if way is not State.DUE and pack is not None:
        made_for = papers.receiver_fingerprint(supporters.supporter(session, memo.supporter_id))
        rendered = pack_jobs.stored(pack, memorandum_id=memo.id, made_for=made_for, storage=house.storage)
        pack_jobs.keep(session, memorandum_id=memo.id, rendered=rendered, pack=pack, now=next(times))
        batch = _batch_of(session, memo, office=office, times=times) if state is State.RETURNED else None
        for wanted in ORDER[1 : ORDER.index(way) + 1]:
            if batch is None or wanted not in {State.PRINTED, State.POSTED}:
                _take(session, memo, wanted, by=office, now=next(times))
    if state is not way:
        _take(session, memo, state, by=office, now=next(times))


def _batch_of(session: Session, memo: Memorandum, *, office: SupporterId, times: Iterator[datetime]) -> Batch:
    """The memorandum printed and posted in a batch, as most are."""
    batch = batches.make(session, memorandum_ids=[memo.id], by=office, now=next(times))
    for envelope in proof(session, batch):
        keys = [finding.key for finding in envelope.open]
        batches.accept_finding(session, batch=batch, memorandum_id=memo.id, keys=keys, by=office, now=next(times))
    now = next(times)
    step: dict[str, Any] = {"batch": batch, "by": office, "now": now}
    service, today = Service.RECORDED, tokyo_day(now)
    session.flush()
    batches.release(session, service=service, today=today, seen_version=batch.version, **step)
    batch.pdf_keys = [memo.pack_key]
    session.flush()
    batches.mark_printed(session, seen_version=batch.version, **step)
    session.flush()
    tracking = {memo.id: TRACKING}
    batches.mark_posted(
        session, posted_on=today, service=service, tracking=tracking, today=today, seen_version=batch.version, **step
    )
    return batch


def _take(session: Session, memo: Memorandum, wanted: State, *, by: SupporterId, now: datetime) -> None:
    step: dict[str, Any] = {"memorandum": memo, "by": by, "now": now}
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
        case State.UNDELIVERABLE:
            papers.mark_undeliverable(session, came_back_on=tokyo_day(now), **dated)
        case State.INCOMPLETE:
            returns.record_return(
                session, returned_on=tokyo_day(now), has_memorandum=True, signing=Signing.SIGNED, has_bank_form=True,
                faults=(Fault.ACCOUNT_INCOMPLETE,), note="", **dated,
            )  # fmt: skip
        case State.HELD:
            papers.hold(session, reason="見本：本人から連絡があるまで待つ", **step)
        case State.WITHDRAWN:
            papers.withdraw(session, reason="見本：本人から辞退の連絡があった", **step)


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

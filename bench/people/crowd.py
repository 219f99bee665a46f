"""A crowd of made-up people, written as rows of the real tables: registering them one by one would take an hour."""

import random
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from courses import queries as courses
from courses.models import Lecture, ProgrammeVersion
from lms.kernel.clock import fiscal_year, tokyo_day
from lms.kernel.identity import Role, SupporterId, format_network_id
from lms.memoranda.models import Memorandum
from lms.memoranda.rules import Route, State
from lms.qualification.models import Qualification
from lms.supporters.finding import make_findable
from lms.supporters.models import Standing, Supporter
from lms.supporters.rules import StandingKind, Wish
from surveys.models import Response, SurveyVersion
from surveys.rules import ResponseState

PORTION = 5000
FAMILY = ("見本", "例山", "仮田", "試野", "Mẫu", "Ejemplo", "Halimbawa", "Пример")
FAMILY_KANA = ("ミホン", "レイヤマ", "カリタ", "シノ", "マウ", "エヘンプロ", "ハリンバワ", "プリメル")
GIVEN = ("花子", "太郎", "ひかり", "Thị Hoa", "Văn Nam", "María", "José", "Анна", "小百合", "健")
GIVEN_KANA = ("ハナコ", "タロウ", "ヒカリ", "ティホア", "ヴァンナム", "マリア", "ホセ", "アンナ", "サユリ", "ケン")
LOCALES = ("ja", "ja", "ja", "ja@easy", "en", "vi", "es")
BASIC = ("basic-1", "basic-2", "basic-3", "basic-4", "basic-5")
ANSWER = "見本の回答です。" * 20
STATES = (State.DUE, State.POSTED, State.POSTED, State.COMPLETE, State.COMPLETE, State.COMPLETE)


def gather(session: Session, *, people: int, now: datetime, by: SupporterId) -> None:
    """So many people, of each ten: four on the way with some answers, three with papers, two learners, a trainee."""
    chance = random.Random(5)  # noqa: S311 – the same crowd each time
    lectures = dict(session.execute(sa.select(Lecture.code, Lecture.id)).all())
    surveys = dict(session.execute(sa.select(SurveyVersion.lecture_id, SurveyVersion.id)).all())
    programme_id = next(iter(courses.programmes(session)))
    version = session.scalar(sa.select(sa.func.max(ProgrammeVersion.id))) or 1
    first = (session.scalar(sa.select(sa.func.max(Supporter.id))) or 0) + 1
    for begin in range(first, first + people, PORTION):
        rows: dict[type, list[dict[str, object]]] = {
            Supporter: [], Response: [], Qualification: [], Memorandum: [], Standing: []
        }  # fmt: skip
        for number in range(begin, min(begin + PORTION, first + people)):
            _person(rows, number, chance=chance, now=now)
            _their_way(
                rows, number, chance=chance, now=now, by=by, lectures=lectures, surveys=surveys,
                programme=(programme_id, version),
            )  # fmt: skip
        for model, found in rows.items():
            if found:
                session.execute(sa.insert(model), found)
        session.commit()
    session.execute(sa.text("ANALYZE"))
    session.commit()


def _person(rows: dict[type, list[dict[str, object]]], number: int, *, chance: random.Random, now: datetime) -> None:
    family, given = chance.randrange(len(FAMILY)), chance.randrange(len(GIVEN))
    person = Supporter(
        display_name=f"{FAMILY[family]} {GIVEN[given]} {number}",
        name_kana=f"{FAMILY_KANA[family]} {GIVEN_KANA[given]}",
        network_id=format_network_id(number),
        email=f"mihon-crowd-{number}@example.jp",
        phone=f"090-0000-{number % 10_000:04d}" if number % 3 else None,
    )
    make_findable(person)
    has_address = chance.random() < 0.8
    kind = number % 10
    rows[Supporter].append(
        {
            "id": number,
            "network_id": person.network_id,
            "email": person.email,
            "password_hash": "x" * 97,
            "display_name": person.display_name,
            "name_kana": person.name_kana,
            "role": Role.SUPPORTER,
            "locale": chance.choice(LOCALES),
            "wish": Wish.LEARN if kind in {7, 8, 9} else Wish.ACCOMPANY,
            "experience_declared": kind == 0,
            "postal_code": "000-0000" if has_address else None,
            "address": "見本県見本市見本町1-2-3\n見本荘101号室" if has_address else None,
            "phone": person.phone,
            "phone_hash": person.phone_hash,
            "phone_end_hash": person.phone_end_hash,
            "search_text": person.search_text,
            "sort_name": person.sort_name,
            "registered_at": now - timedelta(minutes=20 * number + chance.randrange(20)),
        }
    )
    if kind == 9:
        day = tokyo_day(now - timedelta(days=30))
        rows[Standing].append({"supporter_id": number, "kind": StandingKind.TRAINEE, "since": day, "until": None})


def _their_way(  # noqa: PLR0913 – what rows refer to
    rows: dict[type, list[dict[str, object]]],
    number: int,
    *,
    chance: random.Random,
    now: datetime,
    by: SupporterId,
    lectures: dict[str, int],
    surveys: dict[int, int],
    programme: tuple[int, int],
) -> None:
    kind, sent = number % 10, now - timedelta(days=3 + number % 300)
    qualified = kind in {1, 2, 3}
    for code in BASIC[: 5 if qualified else chance.randrange(5) if kind < 7 else 0]:
        state = ResponseState.ACCEPTED if qualified else chance.choice((ResponseState.ACCEPTED, *ResponseState))
        rows[Response].append(
            {
                "supporter_id": number,
                "lecture_id": lectures[code],
                "survey_version_id": surveys[lectures[code]],
                "state": state,
                "answers": {"impression": ANSWER},
                "saved_at": sent,
                "submitted_at": None if state is ResponseState.DRAFT else sent,
                "accepted_at": sent if state is ResponseState.ACCEPTED else None,
                "comment": "?" if state is ResponseState.RETURNED else None,
                "version": 1,
            }
        )
    if not qualified:
        return
    rows[Qualification].append(
        {
            "supporter_id": number, "programme_id": programme[0], "programme_version_id": programme[1],
            "route": Route.COURSE, "rule_day": tokyo_day(sent), "rule_year": fiscal_year(tokyo_day(sent)),
            "evidence": [{"response": 1}], "evidence_count": 5, "decided_at": sent, "decided_by_id": by,
        }
    )  # fmt: skip
    rows[Memorandum].append(
        {
            "supporter_id": number, "programme_id": programme[0], "year": fiscal_year(tokyo_day(sent)),
            "route": Route.COURSE, "state": State.DUE, "due_at": sent, "version": 1,
        }
    )  # fmt: skip

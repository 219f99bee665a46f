"""Plain makers: the test names only what matters, the rest is filled in."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from courses import services as courses
from courses.captions.rules import CaptionKind
from courses.captions.services import save as save_captions
from courses.captions.webvtt import read_captions, read_chapters
from courses.models import Recording
from courses.probe import Probe
from courses.queries import lecture as find_lecture
from courses.transcode import Package
from lms.kernel import clock
from lms.kernel.identity import Role
from lms.qualification import services as qualification
from lms.supporters import services
from lms.supporters.models import Supporter
from lms.supporters.rules import Participation, address_of
from lms.supporters.services import Registration
from surveys import queries as surveys
from surveys.models import Response
from surveys.survey_file import Kind

PASSWORD = "correct horse"
BASIC = ("basic-1", "basic-2", "basic-3", "basic-4", "basic-5")
_numbers = count(1)


def now() -> datetime:
    return clock.now()


def today() -> date:
    return clock.tokyo_day(now())


def days_ago(days: float) -> datetime:
    return clock.now() - timedelta(days=days)


def registration(**given: Any) -> Registration:
    number = next(_numbers)
    return Registration(
        **{
            "display_name": f"見本 {number}",
            "name_kana": "ミホン",
            "email": f"mihon-{number}@example.jp",
            "password": PASSWORD,
            "participation": Participation.INEXPERIENCED,
            "locale": "en",
        }
        | given
    )


def supporter(session: Session, *, role: Role = Role.SUPPORTER, at: datetime | None = None, **given: Any) -> Supporter:
    person = services.register(session, details=registration(**given), role=role, now=at or now())
    session.commit()
    return person


def secretariat(session: Session) -> Supporter:
    return supporter(session, role=Role.SECRETARIAT, participation=Participation.LEARN, display_name="見本 事務局")


def address(session: Session, person: Supporter) -> None:
    where = address_of("000-0000", "見本県見本市見本町1-2-3\n見本荘101号室")
    qualification.change_address(session, supporter=person.id, address=where, phone=None, now=now())
    session.commit()


def answers(session: Session, lecture: str) -> dict[str, Any]:
    """An answer to every question of a lecture's survey."""
    found: dict[str, Any] = {}
    for question in surveys.entry_of(surveys.newest_version(session, lecture)).questions:
        match question.kind:
            case Kind.SCALE:
                found[question.code] = "4"
            case Kind.ONE:
                found[question.code] = question.options[0].code
            case Kind.MANY:
                found[question.code] = [question.options[0].code]
            case _:
                found[question.code] = "見本の回答です。"
    return found


def form_of(answers: dict[str, Any]) -> dict[str, Any]:
    """Answers as a browser sends them."""
    return {"q_" + code.replace("-", "_"): value for code, value in answers.items()}


def response(session: Session, person: Supporter, lecture: str, *, at: datetime | None = None) -> Response:
    sent = qualification.submit_survey(
        session, supporter=person.id, lecture=lecture, answers=answers(session, lecture), now=at or now()
    )
    session.commit()
    return sent


def accepted(session: Session, person: Supporter, lectures: Iterable[str], *, by: Supporter) -> None:
    for lecture in lectures:
        sent = response(session, person, lecture)
        qualification.accept_response(session, response_id=sent.id, by=by.id, now=now())
    session.commit()


def probe(**given: Any) -> Probe:
    return Probe(
        **{
            "duration_ms": 30_000,
            "width": 1280,
            "height": 720,
            "fps": 15.0,
            "video_codec": "h264",
            "audio_codec": "aac",
            "container": "mov",
            "video_stream": 0,
            "audio_stream": 1,
        }
        | given
    )


def recording(session: Session, lecture: str, *, duration_ms: int = 30_000, published: bool = True) -> Recording:
    """A recording whose bytes do not matter to the test."""
    made = courses.add_recording(
        session,
        lecture_id=find_lecture(session, lecture).id,
        source_key="uploads/none",
        file_name="見本.mp4",
        probe=probe(duration_ms=duration_ms),
        by=None,
        now=now(),
    )
    if published:
        package = Package(duration_ms=duration_ms, renditions=(), audio_bytes=1, bytes=1)
        courses.publish(session, recording_id=made.id, package=package, now=now())
    session.commit()
    return made


def captions(session: Session, recording: Recording, texts: Mapping[str, str], *, kind: str = "captions") -> None:
    """Captions (or chapters) by language, as people type them; not committed."""
    for language, text in texts.items():
        read = read_captions if kind == "captions" else read_chapters
        cues = read(text, duration_ms=recording.duration_ms).cues
        save_captions(
            session, recording_id=recording.id, kind=CaptionKind(kind), language=language, cues=cues, seen=0, by=None,
            now=now(),
        )  # fmt: skip


def moment(text: str) -> datetime:
    """`2024-03-31 23:59` in Tokyo."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.TOKYO).astimezone(UTC)

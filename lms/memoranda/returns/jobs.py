"""Background work of what comes back: the letter that says what is missing, and reminding of what does not come."""

from sqlalchemy.orm import Session

from lms.kernel import clock
from lms.kernel.furigana import with_readings_in_brackets
from lms.kernel.settings import Settings
from lms.kernel.work import Job
from lms.memoranda import queries as memoranda
from lms.memoranda.models import PaperReturn
from lms.memoranda.papers import FollowUp, archive, follow_up_of, render_follow_up
from lms.memoranda.papers.models import PaperKind
from lms.memoranda.returns import queries, services
from lms.memoranda.returns.words import in_language
from lms.supporters import queries as supporters
from lms.web.context import house

REMIND = "memoranda.remind_overdue"


def render_letter(job: Job) -> None:
    """Set the letter about a return. It may run twice: the letter that was made first stays."""
    return_id: int = job.arguments["return_id"]
    with job.database.read() as session:
        found = queries.paper_return(session, return_id)
        letter = letter_of(session, found, settings=house().settings)
    if letter is None or found.letter_key is not None:
        return
    pdf = render_follow_up([letter])
    with job.transaction() as session:
        paper = archive.keep(
            session,
            memorandum_id=found.memorandum_id,
            kind=PaperKind.FOLLOW_UP,
            pdf=pdf,
            data=letter,
            now=clock.now(),
        )
        services.keep_letter(session, return_id=return_id, key=paper.storage_key)


def letter_of(session: Session, found: PaperReturn, *, settings: Settings) -> FollowUp | None:
    """What is printed about a return: each fault and what to do about it, in Japanese and in the receiver's language.

    None while there is no address.
    """
    memo = memoranda.memorandum(session, found.memorandum_id)
    faults = queries.faults_of(found)
    locale = supporters.supporter(session, memo.supporter_id).locale
    return follow_up_of(
        session,
        memo,
        settings=settings,
        issued_on=clock.tokyo_day(found.recorded_at),
        sentences_ja=_sentences(found, locale="ja"),
        sentences=_sentences(found, locale=locale),
        needs_memorandum=any(fault.is_of_memorandum for fault in faults),
        needs_bank_form=any(not fault.is_of_memorandum for fault in faults),
    )


def _sentences(found: PaperReturn, *, locale: str) -> tuple[str, ...]:
    told = [f"{wrong} {remedy}" for wrong, remedy in in_language(found.faults, locale=locale)]
    return tuple(with_readings_in_brackets(sentence) for sentence in [*told, found.note] if sentence)


def remind(job: Job) -> None:
    """Once a day."""
    with job.transaction() as session:
        services.remind_overdue(session, now=clock.now())

"""Background work of what comes back: the letter that says what is missing, and reminding of what does not come."""

from sqlalchemy.orm import Session

from lms.kernel import clock
from lms.kernel.furigana import in_notation
from lms.kernel.settings import Settings
from lms.kernel.work import Job
from lms.memoranda import queries as memoranda
from lms.memoranda.models import PaperReturn
from lms.memoranda.papers import FollowUp, archive, follow_up_of, render_follow_up
from lms.memoranda.papers.models import PaperKind
from lms.memoranda.returns import queries, services
from lms.memoranda.returns.words import in_language
from lms.memoranda.services import receiver_fingerprint
from lms.supporters import queries as supporters
from lms.web.context import house

REMIND = "memoranda.remind_overdue"


def render_letter(job: Job) -> None:
    """Set the letter about a return. It may run twice: the letter that was made first stays."""
    return_id: int = job.arguments["return_id"]
    storage = house().storage
    with job.database.read() as session:
        found = queries.paper_return(session, return_id)
        letter = letter_of(session, found, settings=house().settings)
        memo = memoranda.memorandum(session, found.memorandum_id)
        made_for = receiver_fingerprint(supporters.supporter(session, memo.supporter_id))
    if letter is None or found.letter_key is not None:
        return
    before = storage.keys(f"{archive.FOLDERS[PaperKind.FOLLOW_UP]}/{memo.id}")
    pdf = render_follow_up([letter])
    stored = archive.store(pdf, memorandum_id=memo.id, kind=PaperKind.FOLLOW_UP, storage=storage)
    with job.transaction() as session:
        is_ours = services.keep_letter(session, return_id=return_id, key=stored.key, made_for=made_for)
        if is_ours:
            archive.enter(
                session, memorandum_id=memo.id, kind=PaperKind.FOLLOW_UP, stored=stored, data=letter, now=clock.now()
            )
        kept = {paper.storage_key for paper in archive.of_memorandum(session, memo.id)}
    for key in before if is_ours else [stored.key]:
        if key not in kept:  # an old address is nobody's business any more
            storage.delete(key)


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
    return tuple(in_notation(sentence) for sentence in [*told, found.note] if sentence)


def remind(job: Job) -> None:
    """Once a day."""
    with job.transaction() as session:
        services.remind_overdue(session, now=clock.now())

"""The export for the auditor: every step of a period, the papers with their dates and hashes, whether all is as sealed.

People are network IDs in it. Names and addresses are a file of their own, only where they were asked for.
"""

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from courses.models import Viewing
from lms.kernel.clock import TOKYO
from lms.kernel.furigana import without_readings
from lms.kernel.history import HistoryEntry, record
from lms.kernel.i18n import gettext as _
from lms.kernel.identity import SupporterId
from lms.kernel.seals import Verdict, verify
from lms.memoranda.models import Memorandum, PaperReturn, Posting
from lms.memoranda.papers.models import ArchivedPaper
from lms.memoranda.rules import number_of
from lms.qualification.models import Qualification
from lms.secretariat.reports.periods import Period
from lms.supporters.models import Supporter
from lms.web.tables import FORMULA
from surveys.models import Response

IN_MEMORY = 2_000_000
AT_ONCE = 1_000


@dataclass(frozen=True)
class Wanted:
    """Which days, and whether names and addresses are to be in it."""

    period: Period
    names: bool


@dataclass(frozen=True)
class _Sheet:
    """A file of the export. `rows` are asked one after another and never all in memory."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[object]]


def export(session: Session, wanted: Wanted, *, by: SupporterId, now: datetime) -> IO[bytes]:
    """A ZIP of CSV files and a README; only reads, so that nobody has to wait while a long one is made."""
    verdict = verify(session)
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 – closed when it has been sent
    maker = session.get_one(Supporter, by).network_id
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _readme(wanted, verdict, maker=maker, now=now))
        for sheet in _sheets(session, wanted):
            with archive.open(sheet.name, "w") as raw, io.TextIOWrapper(raw, "utf-8-sig", newline="") as text:
                writer = csv.writer(text)
                writer.writerow(sheet.headings)
                writer.writerows([_cell(each) for each in row] for row in sheet.rows)
    file.seek(0)
    return file


def note(session: Session, wanted: Wanted, *, by: SupporterId, now: datetime) -> None:
    """That an export was made is a step of history itself."""
    first, last = wanted.period.first.isoformat(), wanted.period.last.isoformat()
    record(session, "audit.exported", by=by, subject=by, now=now, first=first, last=last, names=wanted.names)


def _sheets(session: Session, wanted: Wanted) -> Iterator[_Sheet]:
    period = wanted.period
    yield _Sheet(
        "history.csv",
        ("id", "at", "step", "by", "role", "subject", "subject_id", "document_number", "supporter", "facts"),
        _steps(session, period),
    )
    yield _Sheet(
        "memoranda.csv",
        (
            "document_number", "supporter", "year", "route", "state", "due_at", "printed_at", "returned_on", "signing",
            "checked_at", "completed_at", "papers_sha256", "papers_version",
        ),
        _memoranda(session, period),
    )  # fmt: skip
    yield _Sheet(
        "papers.csv",
        ("document_number", "kind", "made_at", "template_version", "typesetter", "sha256"),
        _archived(session, period),
    )
    yield _Sheet(
        "postings.csv",
        ("document_number", "kind", "posted_on", "service", "tracking", "postage_yen", "came_back_on", "recorded_at"),
        _postings(session, period),
    )
    yield _Sheet(
        "returns.csv",
        ("document_number", "returned_on", "memorandum", "signing", "bank_form", "faults", "recorded_at"),
        _returns(session, period),
    )
    if wanted.names:
        yield _Sheet("people.csv", ("supporter", "name", "reading", "postcode", "address"), _people(session, period))


def _steps(session: Session, period: Period) -> Iterator[Sequence[object]]:
    actor, whom = aliased(Supporter), aliased(Supporter)

    def about(model: Any, kind: str) -> sa.ColumnElement[bool]:
        return sa.and_(HistoryEntry.subject_kind == kind, HistoryEntry.subject_id == model.id)

    concerns = sa.func.coalesce(
        sa.case((HistoryEntry.subject_kind == "supporter", HistoryEntry.subject_id)),
        Memorandum.supporter_id,
        Qualification.supporter_id,
        Response.supporter_id,
        Viewing.supporter_id,
    )
    step, facts = HistoryEntry, sa.cast(HistoryEntry.facts, sa.Text)
    asked = (
        sa.select(step.id, step.at, step.step, step.subject_kind, step.subject_id)
        .add_columns(actor.network_id, actor.role, Memorandum.year, whom.network_id, facts)
        .outerjoin(actor, actor.id == HistoryEntry.by_id)
        .outerjoin(Memorandum, about(Memorandum, "memorandum"))
        .outerjoin(Qualification, about(Qualification, "qualification"))
        .outerjoin(Response, about(Response, "response"))
        .outerjoin(Viewing, about(Viewing, "viewing"))
        .outerjoin(whom, whom.id == concerns)
        .where(HistoryEntry.at >= period.begin, HistoryEntry.at < period.end)
        .order_by(HistoryEntry.id)
        .execution_options(yield_per=AT_ONCE)
    )
    with session.execute(asked) as rows:
        for number, at, what, kind, subject, by, role, year, supporter, said in rows:
            document = number_of(year, subject) if year else ""
            yield number, at, what, by, role or "site", kind, subject, document, supporter, said


def _memoranda(session: Session, period: Period) -> Iterator[Sequence[object]]:
    asked = sa.select(Memorandum, Supporter.network_id).join(Supporter, Memorandum.supporter_id == Supporter.id)
    for memo, network_id in session.execute(asked.where(_alive(period)).order_by(Memorandum.id)):
        yield (
            memo.number, network_id, memo.year, memo.route, memo.state, memo.due_at, memo.printed_at, memo.returned_on,
            memo.signing, memo.checked_at, memo.completed_at, memo.pack_sha256, memo.template_version,
        )  # fmt: skip


def _alive(period: Period) -> sa.ColumnElement[bool]:
    """Memoranda that were due by the end of the period and not complete before it began."""
    unfinished = sa.or_(Memorandum.completed_at.is_(None), Memorandum.completed_at >= period.begin)
    return sa.and_(Memorandum.due_at < period.end, unfinished)


def _archived(session: Session, period: Period) -> Iterator[Sequence[object]]:
    paper = ArchivedPaper
    asked = sa.select(Memorandum.year, paper.memorandum_id, paper.kind, paper.made_at, paper.template_version)
    asked = asked.add_columns(paper.typesetter, paper.sha256).join(Memorandum, paper.memorandum_id == Memorandum.id)
    within = sa.and_(paper.made_at >= period.begin, paper.made_at < period.end)
    for year, memorandum, *rest in session.execute(asked.where(within).order_by(paper.id)):
        yield number_of(year, memorandum), *rest


def _postings(session: Session, period: Period) -> Iterator[Sequence[object]]:
    asked = sa.select(Posting, Memorandum.year).join(Memorandum, Posting.memorandum_id == Memorandum.id)
    within = Posting.posted_on.between(period.first, period.last)
    for posting, year in session.execute(asked.where(within).order_by(Posting.id)):
        number = number_of(year, posting.memorandum_id)
        yield (
            number, posting.kind, posting.posted_on, posting.service, posting.tracking, posting.postage_yen,
            posting.came_back_on, posting.recorded_at,
        )  # fmt: skip


def _returns(session: Session, period: Period) -> Iterator[Sequence[object]]:
    asked = sa.select(PaperReturn, Memorandum.year).join(Memorandum, PaperReturn.memorandum_id == Memorandum.id)
    within = PaperReturn.returned_on.between(period.first, period.last)
    for back, year in session.execute(asked.where(within).order_by(PaperReturn.id)):
        number = number_of(year, back.memorandum_id)
        faults = " ".join(back.faults)
        yield number, back.returned_on, back.has_memorandum, back.signing, back.has_bank_form, faults, back.recorded_at


def _people(session: Session, period: Period) -> Iterator[Sequence[object]]:
    theirs = sa.select(Memorandum.supporter_id).where(_alive(period))
    asked = sa.select(Supporter).where(Supporter.id.in_(theirs)).order_by(Supporter.network_id)
    for person in session.scalars(asked.execution_options(yield_per=AT_ONCE)):
        address = person.postal_address
        lines = " ".join(address.lines) if address else ""
        yield person.network_id, person.display_name, person.name_kana, address and address.postal_code, lines


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return "'" + text if text.startswith(FORMULA) else text  # what a spreadsheet would reckon with


def _readme(wanted: Wanted, verdict: Verdict, *, maker: str, now: datetime) -> str:
    made = now.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M")
    lines = [
        _("Export for the auditor, %(first)s to %(last)s", first=wanted.period.first, last=wanted.period.last),
        _("Made on %(when)s (Tokyo) by %(network_id)s.", when=made, network_id=maker),
        "",
        _("history.csv: every step of these days: when (Tokyo), what, by whom, about what. “site” is the site itself."),
        _("memoranda.csv: memoranda that were open in these days, with the SHA-256 of their papers."),
        _("papers.csv: the papers that were put into the archive in these days, each with its SHA-256."),
        _("postings.csv and returns.csv: the envelopes that went out and came in in these days."),
        _("people.csv: names and addresses of the network IDs in memoranda.csv.")
        if wanted.names
        else _("Names and addresses are not in this export; people are network IDs."),
        "",
        said(verdict),
        _("%(count)d steps have happened since the last seal.", count=verdict.unsealed),
        _("The newest seal: %(sha256)s", sha256=verdict.sha256 or "–"),
    ]
    return without_readings("\r\n".join(map(str, lines)) + "\r\n")


def said(verdict: Verdict) -> str:
    """What the seals have shown, in a sentence."""
    if verdict.differs is not None:
        return _(
            "Step %(number)d is not as it was sealed: it was changed, removed or added later.", number=verdict.differs
        )
    if verdict.broken is not None:
        return _("Seal %(number)d does not follow from the one before it: it was changed later.", number=verdict.broken)
    return _("All %(count)d sealed steps are as they were sealed.", count=verdict.sealed)

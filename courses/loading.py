"""The programme files into the database: again changes nothing, and no lecture that has answers ever goes away."""

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from courses.models import ExemptionRow, Lecture, NotViewableRow, ProgrammeRow, Series
from courses.programme_file import Lectures, ProgrammeEntry, read_lectures, read_programme
from courses.rules import Confirmation
from lms.kernel.db import Base
from lms.kernel.i18n import offered

CONTENT = Path(__file__).parent / "content"

Row = TypeVar("Row", bound=Base)


def read_shipped(*, more_programmes: Iterable[Path] = ()) -> tuple[Lectures, list[ProgrammeEntry]]:
    """The shipped lectures and programmes, and those of other files. Raises ContentError with file and line."""
    taught = read_lectures(CONTENT / "lectures.toml", languages=offered())
    files = [*sorted((CONTENT / "programmes").glob("*.toml")), *more_programmes]
    return taught, [read_programme(file, languages=offered(), lectures=taught.codes) for file in files]


def load(session: Session, *, taught: Lectures, programmes: Iterable[ProgrammeEntry]) -> None:
    """Bring series, lectures and programmes to what the files say."""
    for position, series in enumerate(taught.series, start=1):
        row = _found_or_new(session, Series, code=series.code)
        row.position, row.titles, row.labels = position, dict(series.title), dict(series.label)
    session.flush()
    series_ids = {row.code: row.id for row in session.scalars(select(Series))}
    for entry in taught.lectures:
        lecture = _found_or_new(session, Lecture, code=entry.code)
        lecture.series_id, lecture.number = series_ids[entry.series], entry.number
        lecture.titles, lecture.summaries = dict(entry.title), dict(entry.summary)
    session.flush()
    lecture_ids = {row.code: row.id for row in session.scalars(select(Lecture))}
    for programme in programmes:
        _load_programme(session, programme, lecture_ids)


def _load_programme(session: Session, entry: ProgrammeEntry, lecture_ids: dict[str, int]) -> None:
    row = _found_or_new(session, ProgrammeRow, code=entry.code)
    row.titles, row.first_day, row.last_day = dict(entry.title), entry.first_day, entry.last_day
    row.required, row.confirmation = list(entry.required), Confirmation(entry.confirmation)
    row.require_watched = dict(entry.require_watched)
    row.honorarium = [[rate.minutes_from, rate.yen] for rate in entry.honorarium]
    row.claim_within_months = entry.claim_within_months
    session.flush()
    session.execute(delete(ExemptionRow).where(ExemptionRow.programme_id == row.id))
    session.execute(delete(NotViewableRow).where(NotViewableRow.programme_id == row.id))
    for e in entry.exemptions:
        session.add(
            ExemptionRow(
                programme_id=row.id,
                lecture_id=lecture_ids[e.lecture],
                first=e.first,
                last=e.last,
                reasons=dict(e.reason),
            )
        )
    for n in entry.not_viewable:
        for year in n.years:
            session.add(
                NotViewableRow(
                    programme_id=row.id, lecture_id=lecture_ids[n.lecture], year=year, reasons=dict(n.reason)
                )
            )
    session.flush()


def _found_or_new(session: Session, model: type[Row], *, code: str) -> Row:
    with session.no_autoflush:  # a new row is not whole yet
        found = session.scalar(select(model).filter_by(code=code))
    if found is None:
        found = model(code=code)
        session.add(found)
    return found

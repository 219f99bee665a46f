"""The programme files into the database: again changes nothing, and no lecture that has answers ever goes away."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models import Lecture, Series
from courses.programme_file import Lectures, ProgrammeEntry, read_lectures, read_programme
from courses.programmes import load as load_programme
from lms.kernel.db import Base
from lms.kernel.i18n import offered

CONTENT = Path(__file__).parent / "content"

Row = TypeVar("Row", bound=Base)


def read_shipped(*, more_programmes: Iterable[Path] = ()) -> tuple[Lectures, list[ProgrammeEntry]]:
    """The shipped lectures and programmes, and those of other files. Raises ContentError with file and line."""
    taught = read_lectures(CONTENT / "lectures.toml", languages=offered())
    files = [*sorted((CONTENT / "programmes").glob("*.toml")), *more_programmes]
    return taught, [read_programme(file, languages=offered(), lectures=taught.codes) for file in files]


def load(session: Session, *, taught: Lectures, programmes: Iterable[ProgrammeEntry], now: datetime) -> None:
    """Bring series, lectures and programmes to what the files say; programmes that people edit stay as they are."""
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
    for programme in programmes:
        load_programme(session, programme, now=now)


def _found_or_new(session: Session, model: type[Row], *, code: str) -> Row:
    with session.no_autoflush:  # a new row is not whole yet
        found = session.scalar(select(model).filter_by(code=code))
    if found is None:
        found = model(code=code)
        session.add(found)
    return found

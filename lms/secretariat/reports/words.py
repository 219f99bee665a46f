"""A month report in words: the same for the page, the PDF and the spreadsheet, in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from courses.models import Lecture
from courses.words import lecture_label
from lms.kernel import i18n
from lms.kernel.i18n import gettext as _
from lms.kernel.i18n import pgettext
from lms.secretariat.reports import suppression
from lms.secretariat.reports.periods import Period, Span
from lms.secretariat.reports.queries import Counted, Part
from lms.secretariat.reports.suppression import Shown
from lms.web.filters import day, month

ADDS_UP = {Part.REGISTRATIONS, Part.WATCHED, Part.QUALIFIED}


@dataclass(frozen=True)
class Line:
    """A row of a table: its name, one cell a language, their total."""

    name: str
    cells: tuple[Shown, ...]
    is_total: bool = False

    @property
    def total(self) -> Shown:
        """The last cell."""
        return self.cells[-1]


@dataclass(frozen=True)
class Table:
    """A part of the report. `lines` end with the totals of the columns if these add up."""

    part: Part
    title: str
    lines: tuple[Line, ...]

    @property
    def used(self) -> list[int]:
        """The columns in which anything stands but noughts, and always that of the totals."""
        last = len(self.lines[0].cells) - 1
        return [n for n in range(last + 1) if n == last or any(line.cells[n] for line in self.lines)]


@dataclass(frozen=True)
class Report:
    """A report as it is shown. `so_far` says so while its time is not over; `bars` are its totals."""

    title: str
    so_far: str
    languages: tuple[str, ...]
    tables: tuple[Table, ...]
    bars: tuple[tuple[str, Shown], ...]
    notes: tuple[str, ...]


def report_of(found: Sequence[Counted], lectures: Sequence[Lecture], *, period: Period, span: Span, on: date) -> Report:
    """What was counted, with small groups hidden."""
    codes = [language.code for language in i18n.offered()]
    names = _names(lectures)
    tables = tuple(_table(each, codes, names) for each in found)
    title = (
        _("Report for %(month)s", month=month(period.first))
        if span is Span.MONTH
        else _("Report from %(first)s to %(last)s", first=month(period.first), last=month(period.last))
    )
    so_far = _("This time is not over yet: the numbers are those of %(day)s, so far.", day=day(on))
    return Report(
        title=title,
        so_far=so_far if on <= period.last else "",
        languages=tuple(language.own_name for language in i18n.offered()),
        tables=tables,
        bars=_bars(tables),
        notes=(
            _("Counts only. The languages are those in which people read the site."),
            _("“<5” stands for 1 to 4: with so few, somebody might be recognised."),
            _("“*” stands for a number that is hidden because a smaller one could be reckoned from it."),
        ),
    )


def _table(found: Counted, codes: Sequence[str], names: dict[str, str]) -> Table:
    adds_up = found.part in ADDS_UP
    counts = [[found.counts[row, code] for code in codes] for row in found.rows]
    faces = suppression.shown(counts, columns_add_up=adds_up)
    lines = [Line(names[row], tuple(cells)) for row, cells in zip(found.rows, faces, strict=False)]
    if adds_up:
        lines.append(Line(pgettext("report", "Together"), tuple(faces[-1]), is_total=True))
    return Table(found.part, _titles()[found.part], tuple(lines))


def _bars(tables: Sequence[Table]) -> tuple[tuple[str, Shown], ...]:
    """One bar for every table that adds up, and one for every line of the others."""
    found: list[tuple[str, Shown]] = []
    for table in tables:
        if table.part in ADDS_UP:
            found.append((table.title, table.lines[-1].total))
        else:
            found += [(line.name, line.total) for line in table.lines]
    return tuple(found)


def _titles() -> dict[Part, str]:
    return {
        Part.REGISTRATIONS: _("New registrations"),
        Part.WATCHED: _("Lectures watched"),
        Part.ANSWERS: _("Survey responses"),
        Part.QUALIFIED: _("People who qualified"),
        Part.PAPERS: _("Memoranda"),
    }


def _names(lectures: Sequence[Lecture]) -> dict[str, Any]:
    return {lecture.code: lecture_label(lecture.series.labels, lecture.number) for lecture in lectures} | {
        "experienced": pgettext("report", "With experience"),
        "inexperienced": pgettext("report", "Without experience so far"),
        "learn": pgettext("report", "To learn only"),
        "trainee": pgettext("report", "Trainees"),
        "course": pgettext("report", "By the course"),
        "sent": pgettext("report", "Responses sent"),
        "accepted": pgettext("report", "Responses accepted"),
        "due": pgettext("report", "Memoranda that became due"),
        "posted": pgettext("report", "Memoranda posted"),
        "returned": pgettext("report", "Memoranda returned"),
        "complete": pgettext("report", "Memoranda complete"),
    }

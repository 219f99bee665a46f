"""Lists: which columns are seen, where a list goes on, and the same rows as a file."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any, Generic, Literal, TypeVar

import xlsxwriter
from flask import Response, request, send_file, url_for
from werkzeug.datastructures import MultiDict

from lms.kernel import clock
from lms.kernel.furigana import MARKS, without_readings
from lms.kernel.history import record
from lms.web.access import signed_in_id
from lms.web.context import SAFE_METHODS, house, now, session

Row = TypeVar("Row")
Cell = str | int | date | datetime | None
Format = Literal["csv", "csv-cp932", "xlsx"]

FORMATS: tuple[Format, ...] = ("xlsx", "csv", "csv-cp932")
PLACE = "at"
"""The word of an address that says where in a list its page begins."""

LONGEST_CELL = 32_767  # of Excel; a longer text would be left out without a word
# Readings that our own sentences carry along.
OURS = re.compile(f"[{MARKS}]")
# What a spreadsheet would reckon with instead of showing it; a Japanese one reads the full-width signs as these.
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "−", "＠", "\t", "\r", "\n")
# Signs that Unicode and Microsoft's Shift JIS took for one another.
ONE_SIGN = str.maketrans({"〜": "～", "−": "－", "—": "―", "‖": "∥", "¢": "￠", "£": "￡", "¬": "￢"})


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column of a list: its word in an address, its heading, what stands in it; `shown` unless people choose."""

    key: str
    title: str
    value: Callable[[Row], Cell]
    shown: bool = True


def chosen(columns: Sequence[Column[Row]], request_args: MultiDict[str, str]) -> list[Column[Row]]:
    """The columns that `?columns=a,b` asks for, in the list's own order; the first names the row and always stays."""
    wanted = {key for text in request_args.getlist("columns") for key in text.split(",")}
    asked = wanted & {column.key for column in columns}
    return [c for n, c in enumerate(columns) if n == 0 or (c.key in asked if asked else c.shown)]


def here_with(**changes: str | None) -> str:
    """The address of this page with some words of it changed; None takes a word away."""
    words: dict[str, list[str]] = dict(request.args.lists())
    words |= {name: [word] if word else [] for name, word in changes.items()}
    kept: dict[str, Any] = {name: found for name, found in words.items() if found}
    return url_for(str(request.endpoint), **(request.view_args or {}), **kept)


def format_asked() -> Format | None:
    """The kind of file that `?format=` asks for instead of the page."""
    return next((each for each in FORMATS if each == request.args.get("format")), None)


def send(columns: Sequence[Column[Row]], rows: Iterable[Row], *, format: Format, name: str) -> Response:  # noqa: A002
    """The rows as a file to download, called `name` and its ending; history notes by whom, of which list, how many.

    Rows are taken one by one; what is in memory is the file.
    """
    file = io.BytesIO()
    titles = [_plain(str(column.title)) for column in columns]
    lines = ([_cell(column.value(row)) for column in columns] for row in rows)
    if format == "xlsx":
        count = _write_xlsx(file, titles, lines)
        kind, ending = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"
    else:
        count = _write_csv(file, titles, lines, cp932=format == "csv-cp932")
        kind, ending = f"text/csv; charset={'Shift_JIS' if format == 'csv-cp932' else 'utf-8'}", "csv"
    file.seek(0)
    _note(name, format, count)
    answer = send_file(file, mimetype="text/csv", as_attachment=True, download_name=f"{name}.{ending}")
    answer.headers["Content-Type"] = kind
    answer.headers["Cache-Control"] = "no-store"  # a list of people
    return answer


def _note(name: str, format: Format, count: int) -> None:  # noqa: A002
    person = signed_in_id()
    if person is None:
        return
    if request.method in SAFE_METHODS:
        session().rollback()  # whoever only reads leaves no trace otherwise
        with house().database.write() as writing:
            record(writing, "export.made", by=person, subject=person, now=now(), list=name, format=format, rows=count)
    else:
        record(session(), "export.made", by=person, subject=person, now=now(), list=name, format=format, rows=count)


def _cell(value: Cell) -> Cell:
    return _plain(value) if isinstance(value, str) else value


def _plain(text: str) -> str:
    return without_readings(text) if OURS.search(text) else text


def _write_csv(file: IO[bytes], titles: list[str], lines: Iterator[list[Cell]], *, cp932: bool) -> int:
    count = 0
    text = io.TextIOWrapper(file, "cp932" if cp932 else "utf-8-sig", "geta" if cp932 else "replace", newline="")
    writer = csv.writer(text)
    writer.writerow(titles)
    for count, line in enumerate(lines, start=1):  # noqa: B007 – it says how many there were
        cells = [_in_csv(cell) for cell in line]
        writer.writerow([cell.translate(ONE_SIGN) for cell in cells] if cp932 else cells)
    text.detach()
    return count


def _in_csv(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone(clock.TOKYO).strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, str):
        return "'" + cell if cell.startswith(FORMULA) else cell
    return str(cell)


def _write_xlsx(file: IO[bytes], titles: list[str], lines: Iterator[list[Cell]]) -> int:
    count = 0
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        bold, day, moment = (
            book.add_format(each)
            for each in ({"bold": True}, {"num_format": "yyyy-mm-dd"}, {"num_format": "yyyy-mm-dd hh:mm"})
        )
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(titles) - 1, 18)
        for across, title in enumerate(titles):
            sheet.write_string(0, across, title, bold)
        for count, line in enumerate(lines, start=1):
            for across, cell in enumerate(line):
                if isinstance(cell, datetime):
                    sheet.write_datetime(count, across, cell.astimezone(clock.TOKYO).replace(tzinfo=None), moment)
                elif isinstance(cell, date):
                    sheet.write_datetime(count, across, cell, day)
                elif isinstance(cell, int):
                    sheet.write_number(count, across, cell)
                elif cell:
                    sheet.write_string(count, across, cell[:LONGEST_CELL])
    return count


def _geta(error: UnicodeError) -> tuple[str, int]:
    """A letter that Shift JIS does not have becomes 〓, which Japanese printers set for a missing type."""
    assert isinstance(error, UnicodeEncodeError)
    return "〓" * (error.end - error.start), error.end


codecs.register_error("geta", _geta)

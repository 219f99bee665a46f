"""A month report as a PDF in Japanese, to hand to the funder; the same report makes the same bytes."""

import json
from datetime import date

import typst

from lms.kernel import resources
from lms.kernel.furigana import without_readings
from lms.secretariat.reports.suppression import Mark
from lms.secretariat.reports.words import Report


def render(report: Report, *, organisation: str, dated: date, totals: str) -> bytes:
    """The report on A4, tagged. `totals` is what the column of totals is called; `dated` is the file's date."""
    data = {
        "organisation": organisation,
        "date": [dated.year, dated.month, dated.day],
        "title": report.title,
        "so_far": report.so_far,
        "languages": [*report.languages, totals],
        "tables": [
            {
                "title": table.title,
                "lines": [
                    {"name": line.name, "cells": [str(cell) for cell in line.cells], "total": line.is_total}
                    for line in table.lines
                ],
            }
            for table in report.tables
        ],
        "bars": [
            {"name": name, "face": str(total), "count": None if isinstance(total, Mark) else total}
            for name, total in report.bars
        ],
        "notes": report.notes,
    }
    templates = resources.templates_dir() / "reports"
    return typst.compile(
        templates / "month.typ",
        root=templates,
        font_paths=[resources.fonts_dir()],
        ignore_system_fonts=True,
        sys_inputs={"data": without_readings(json.dumps(data, ensure_ascii=False))},
    )

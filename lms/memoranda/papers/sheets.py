"""Sheets for the desk: address labels, and a page on which an envelope and its window can be laid."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from lms.kernel import resources
from lms.kernel.errors import Invalid
from lms.memoranda.papers.content import Addressee
from lms.memoranda.papers.envelopes import Envelope
from lms.memoranda.papers.fonts import em, families_for
from lms.memoranda.papers.texts import layouts
from lms.memoranda.papers.typesetting import typeset

LABELS, CALIBRATION = "labels.typ", "calibration.typ"
MOST_OFFSET_MM = 10.0


@dataclass(frozen=True)
class LabelSheet:
    """How labels lie on an A4 sheet, in millimetres: the first one's corner, their size, how many beside and below."""

    title: str
    x: float
    y: float
    width: float
    height: float
    across: int
    down: int

    @property
    def count(self) -> int:
        """Labels on a sheet."""
        return self.across * self.down


SHEETS = {
    "12": LabelSheet("12面（86.4 × 42.3 mm）", 18.6, 21.2, 86.4, 42.3, across=2, down=6),
    "24": LabelSheet("24面（66 × 33.9 mm）", 6.0, 12.9, 66.0, 33.9, across=3, down=8),
}


def labels(
    addresses: Sequence[Addressee],
    *,
    sheet: Literal["12", "24"],
    start: int = 1,
    offset_mm: tuple[float, float] = (0.0, 0.0),
) -> bytes:
    """Address labels as a PDF of A4 sheets, counted from the top left row by row.

    `start` is the first label that is still on a sheet used before; `offset_mm` moves everything to the right and
    down, as the printer needs it. Raises Invalid for a start or an offset that is not on the sheet.
    """
    form = SHEETS[sheet]
    if not 1 <= start <= form.count:
        raise Invalid("Labels on this sheet are counted from 1 to %(count)d.", count=form.count)
    if max(abs(part) for part in offset_mm) > MOST_OFFSET_MM:
        raise Invalid("Move labels by at most %(most)d mm.", most=int(MOST_OFFSET_MM))
    fonts = resources.fonts_dir()
    data = _document("宛名ラベル") | {
        "sheet": asdict(form),
        "start": start,
        "offset": offset_mm,
        "labels": [_label(address, fonts) for address in addresses],
    }
    return typeset(LABELS, sources=layouts(), data=data)


def calibration(profile: Envelope) -> bytes:
    """An A4 sheet to fold and to lay into the envelope: its window, what shows in it, folds, and rulers."""
    data = _document(profile.title) | {
        "envelope": asdict(profile),
        "block": asdict(profile.block),
        "seen": asdict(profile.seen),
    }
    return typeset(CALIBRATION, sources=layouts(), data=data)


def _document(title: str) -> dict[str, Any]:
    return {"title": title, "author": "", "papers": [], "details": {}, "words": {}, "date": [2026, 1, 1]}


def _label(address: Addressee, fonts: Path) -> dict[str, object]:
    lines = (*address.address_lines, address.name)
    return asdict(address) | {
        "families": families_for("".join(lines), fonts=fonts),
        "widest": max(em(line, fonts=fonts) for line in address.address_lines or ("",)),
        "name-em": em(address.name, fonts=fonts),
    }

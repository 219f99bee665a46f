"""How lectures are called."""

from collections.abc import Mapping

from lms.kernel.i18n import text_in

CIRCLED = "①②③④⑤⑥⑦⑧⑨"


def lecture_label(labels: Mapping[str, str], number: int, locale: str | None = None) -> str:
    """The short name of a lecture: 基礎①, Basic ①. A space follows a label in Latin letters only."""
    mark = CIRCLED[number - 1] if number <= len(CIRCLED) else str(number)
    label = text_in(labels, locale)
    return f"{label} {mark}" if label[-1:].isascii() else f"{label}{mark}"

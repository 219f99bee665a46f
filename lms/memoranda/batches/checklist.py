"""The list that lies beside the envelopes of a batch while they are filled: numbers, names, boxes to tick."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from lms.kernel import resources
from lms.kernel.furigana import without_readings
from lms.kernel.i18n import current_language, gettext, ngettext, pgettext
from lms.memoranda.batches.queries import Place
from lms.memoranda.models import Batch
from lms.memoranda.papers.fonts import families_for
from lms.memoranda.papers.typesetting import typeset
from lms.web.filters import day

MAIN = "checklist.typ"
JAPANESE = "Noto Sans JP"


def checklist(batch: Batch, places: Sequence[Place], *, on: date, fonts: Path | None = None) -> bytes:
    """A4 pages in the reader's language, one line an envelope in the order of the pile."""
    fonts = fonts or resources.fonts_dir()
    names = "".join(place.supporter.display_name for place in places)
    data = {
        "families": [JAPANESE, *families_for(names, fonts=fonts)],
        "date": [on.year, on.month, on.day],
        "language": current_language().tag,
        "title": without_readings(gettext("Checklist of batch %(number)s", number=batch.id)),
        "under": without_readings(f"{day(on)}  {ngettext('One envelope', '%(num)d envelopes', len(places))}"),
        "headings": [
            without_readings(text)
            for text in (
                pgettext("checklist", "No."),
                gettext("Document number"),
                gettext("Name"),
                gettext("Postcode"),
                pgettext("checklist", "Filled"),
                pgettext("checklist", "Closed"),
                gettext("Place for the tracking sticker"),
            )
        ],
        "rows": [
            [place.memorandum.number, place.supporter.display_name, place.supporter.postal_code or ""]
            for place in places
        ],
    }
    source = (resources.templates_dir() / "memoranda" / MAIN).read_bytes()
    return typeset(MAIN, sources={MAIN: source}, data=data, fonts=fonts)

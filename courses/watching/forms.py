"""What a player sends and what the secretariat types, as clean values."""

import json
from math import isfinite

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from courses.watching.rules import UNREADABLE, Report
from lms.kernel.errors import Invalid
from lms.kernel.i18n import lazy_gettext as _l
from lms.web.forms import BaseForm

MOST_LETTERS = 64
# Above these a number means nothing: reports of a play session, milliseconds of a device's clock.
MOST_REPORTS = 10**9
MOST_MS = 10**13


def watched_report(body: bytes) -> Report:
    """The report in a request's JSON. Raises Invalid when a part is missing, of the wrong kind or out of bounds."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Invalid(UNREADABLE) from error
    match sent:
        case {
            "recording": str(recording),
            "ticket": str(ticket),
            "play_session": str(play_session),
            "sequence": int(sequence),
            "intervals": list(intervals),
            "wall_ms": int(wall_ms),
            "late_ms": int(late_ms),
            "rate": int(rate) | float(rate),
            "position": int(position),
        } if (
            _is_word(recording)
            and _is_word(ticket)
            and _is_word(play_session)
            and not any(isinstance(number, bool) for number in (sequence, wall_ms, late_ms, rate, position))
            and 0 <= sequence <= MOST_REPORTS
            and 0 <= wall_ms <= MOST_MS
            and 0 <= late_ms <= MOST_MS
            and 0 < rate <= MOST_MS
            and isfinite(rate)
        ):
            return Report(recording, ticket, play_session, sequence, intervals, wall_ms, late_ms, float(rate), position)
    raise Invalid(UNREADABLE)


def _is_word(text: str) -> bool:
    return 0 < len(text) <= MOST_LETTERS and text.isascii() and text.isprintable()


class AttestationForm(BaseForm):
    """Why somebody counts as having seen a lecture that was not watched here."""

    reason = TextAreaField(
        _l("Where and how did this person see the lecture?"),
        description=_l("For example: together with others in Osaka on 3 May, or on a DVD. The secretariat reads this."),
        render_kw={"rows": 3},
        validators=[
            DataRequired(_l("Write where and how this person saw the lecture.")),
            Length(min=4, message=_l("Write a few words, so that others understand it later.")),
            Length(max=2000, message=_l("Use at most 2000 characters.")),
        ],
    )

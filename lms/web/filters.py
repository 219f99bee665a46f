"""How values are shown: days and times in Tokyo and in the reader's language, content texts, furigana."""

from datetime import date, datetime

from babel.dates import format_date, format_datetime, format_skeleton, format_time
from flask import Flask, Response

from lms.kernel import clock
from lms.kernel.furigana import MARKS, set_apart, with_readings_in_brackets, with_ruby, without_readings
from lms.kernel.i18n import aloud, babel_locale, current_language, shows_furigana, text_in
from lms.web.dates import marked


def day(value: date | datetime | None) -> str:
    """2026年11月22日(日) | Sunday 22 November 2026; empty for None."""
    if value is None:
        return ""
    on = clock.tokyo_day(value) if isinstance(value, datetime) else value
    return _read(format_date(on, format=current_language().day or "full", locale=babel_locale()))


def moment(value: datetime | None) -> str:
    """The day and the time of day in Tokyo; 午前/午後 in easy Japanese."""
    return "" if value is None else f"{day(value)} {time_of_day(value)}"


def time_of_day(value: datetime) -> str:
    """The time in Tokyo."""
    local = value.astimezone(clock.TOKYO)
    return _read(format_time(local, format=current_language().moment or "short", locale=babel_locale()))


def month(value: date) -> str:
    """2026年11月 | Nov 2026."""
    return _read(format_skeleton("yMMM", value, locale=babel_locale()))


def _read(formatted: str) -> str:
    return set_apart(marked(formatted)) if shows_furigana() else formatted


def machine_time(value: datetime) -> str:
    """For <time datetime=…>."""
    return format_datetime(value.astimezone(clock.TOKYO), "yyyy-MM-dd'T'HH:mm:ssxxx", locale="en")


def minutes(milliseconds: int) -> str:
    """A length as 5:07 or 1:02:03."""
    seconds = milliseconds // 1000
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def megabytes(size: int) -> str:
    """A size in megabytes with one decimal."""
    return f"{size / 1_000_000:.1f} MB"


def init_filters(app: Flask) -> None:
    """Make the filters known to templates, and set furigana, or drop readings from whatever cannot show them."""
    app.jinja_env.filters.update(
        day=day,
        moment=moment,
        month=month,
        machine_time=machine_time,
        minutes=minutes,
        megabytes=megabytes,
        text=text_in,
        aloud=aloud,
        without_readings=without_readings,
    )

    app.json.ensure_ascii = False  # type: ignore[attr-defined] # of the default provider: what is set apart stays itself

    @app.after_request
    def set_ruby(response: Response) -> Response:
        if response.mimetype in {"text/html", "application/json"} and not response.is_streamed:
            answer = response.get_data(as_text=True)
            if any(mark in answer for mark in MARKS):
                if response.mimetype == "text/html":
                    answer = with_ruby(answer, shown=shows_furigana())
                else:  # a script shows it as it is
                    answer = with_readings_in_brackets(answer) if shows_furigana() else without_readings(answer)
                response.set_data(answer)
        return response

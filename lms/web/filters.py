"""How values are shown: days and times in Tokyo and in the reader's language, content texts, furigana."""

import re
from datetime import date, datetime

from babel.dates import format_date, format_datetime, format_time
from flask import Flask, Response

from lms.kernel import clock
from lms.kernel.i18n import babel_locale, current_language, text_in

DAY = {"ja": "y年M月d日(E)", "en": "EEEE d MMMM y", "vi": "EEEE, d MMMM y", "es": "EEEE d 'de' MMMM 'de' y"}
EASY_DAY = "y年M月d日(EEEE)"

MARKED = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}")
WHOLE = "script|style|textarea|title|option"
TAGS = re.compile(rf"(<(?:{WHOLE})\b.*?</(?:{WHOLE})>|<[^>]*>)", re.DOTALL | re.IGNORECASE)


def day(value: date | datetime | None) -> str:
    """2026年11月22日(日) | Sunday 22 November 2026; empty for None."""
    if value is None:
        return ""
    moment = clock.tokyo_day(value) if isinstance(value, datetime) else value
    language = current_language()
    pattern = EASY_DAY if language.code == "ja@easy" else DAY[language.tag]
    return format_date(moment, format=pattern, locale=babel_locale())


def moment(value: datetime | None) -> str:
    """The day and the time of day in Tokyo; 午前/午後 in easy Japanese."""
    if value is None:
        return ""
    local = value.astimezone(clock.TOKYO)
    pattern = "ah時m分" if current_language().code == "ja@easy" else "short"
    return f"{day(value)} {format_time(local, format=pattern, locale=babel_locale())}"


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


def without_readings(text: str) -> str:
    """`{漢字|かんじ}` without its reading, for places that cannot show one: attributes, titles, mail subjects."""
    return MARKED.sub(r"\1", text)


def with_readings_in_brackets(text: str) -> str:
    """`{漢字|かんじ}` as 漢字（かんじ）, for plain-text mails."""
    return MARKED.sub(r"\1（\2）", text)


def with_ruby(page: str) -> str:
    """An HTML page with every `{漢字|かんじ}` in its text as <ruby>, and bare inside tags, titles and fields."""
    pieces = TAGS.split(page)
    ruby = r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>"
    for i, piece in enumerate(pieces):
        if "{" in piece:
            is_tag = i % 2 == 1
            if is_tag and piece.lower().startswith("<textarea"):
                continue  # what somebody typed is theirs
            pieces[i] = without_readings(piece) if is_tag else MARKED.sub(ruby, piece)
    return "".join(pieces)


def init_filters(app: Flask) -> None:
    """Make the filters known to templates, and set furigana on every page that carries readings."""
    app.jinja_env.filters.update(
        day=day,
        moment=moment,
        machine_time=machine_time,
        minutes=minutes,
        megabytes=megabytes,
        text=text_in,
        without_readings=without_readings,
    )

    @app.after_request
    def set_ruby(response: Response) -> Response:
        if response.mimetype == "text/html" and not response.is_streamed:
            page = response.get_data(as_text=True)
            if MARKED.search(page):
                response.set_data(with_ruby(page))
        return response

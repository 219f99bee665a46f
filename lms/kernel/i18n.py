"""Languages: which are offered, how one falls back to another, and texts that content files carry in all of them.

The only module that imports Flask-Babel, which ships no types.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, cast

import flask_babel
from babel import Locale
from babel.support import NullTranslations, Translations
from flask import Flask

from lms.kernel.resources import translations_dir

TIMEZONE = "Asia/Tokyo"


@dataclass(frozen=True)
class Language:
    """A language people can choose.

    `code` names the catalogue, `tag` goes into HTML's lang, `own_name` into the switcher.
    """

    code: str
    tag: str
    own_name: str
    fallback: tuple[str, ...] = ()


LANGUAGES = (
    Language("ja", "ja", "日本語"),
    Language("ja@easy", "ja", "やさしい日本語", fallback=("ja",)),
    Language("en", "en", "English"),
    Language("vi", "vi", "Tiếng Việt"),
    Language("es", "es", "Español"),
)
OFFERED = tuple(language.code for language in LANGUAGES)
DEFAULT = "ja"
SOURCE = "en"
"""The language of the code itself, which needs no catalogue."""
BY_CODE = {language.code: language for language in LANGUAGES}


def gettext(message: str, **params: object) -> str:
    """The sentence in the reader's language."""
    return cast("str", flask_babel.gettext(message, **params))


def ngettext(singular: str, plural: str, num: int, **params: object) -> str:
    """The sentence for this many; `%(num)d` stands for the number."""
    return cast("str", flask_babel.ngettext(singular, plural, num, **params))


def pgettext(context: str, message: str, **params: object) -> str:
    """A short word in the reader's language, told apart by its context."""
    return cast("str", flask_babel.pgettext(context, message, **params))


def lazy_gettext(message: str, **params: object) -> str:
    """A sentence translated when it is shown; for texts made at import time, such as form labels."""
    return cast("str", flask_babel.lazy_gettext(message, **params))


def lazy_pgettext(context: str, message: str) -> str:
    """A short word translated when it is shown."""
    return cast("str", flask_babel.lazy_pgettext(context, message))


def current_language() -> Language:
    """The reader's language in this request or mail."""
    return BY_CODE.get(str(flask_babel.get_locale()), BY_CODE[DEFAULT])


def reading_in(code: str) -> AbstractContextManager[Any]:
    """A block whose sentences are in the language of somebody else: the receiver of a mail."""
    return cast("AbstractContextManager[Any]", flask_babel.force_locale(known(code)))


def known(code: str | None) -> str:
    """`code` if it is offered, else the default."""
    return code if code in BY_CODE else DEFAULT


def text_in(texts: Mapping[str, str], code: str | None = None) -> str:
    """The text of a content file in a language (the reader's by default), by its fallbacks if it is missing."""
    language = BY_CODE[known(code)] if code else current_language()
    for choice in (language.code, *language.fallback, DEFAULT):
        if choice in texts:
            return texts[choice]
    return next(iter(texts.values()), "")


def best_match(accept_language: Iterable[str]) -> str:
    """The offered language nearest to a browser's list of tags, most wanted first."""
    for tag in accept_language:
        base = tag.partition("-")[0].lower()
        if base in BY_CODE:
            return base
    return DEFAULT


class FallbackDomain(flask_babel.Domain):  # type: ignore[misc] # Flask-Babel ships no types
    """Catalogues laid over one another.

    A sentence missing in `ja@easy` comes from `ja`, at last from the code's English.
    """

    def get_translations(self) -> NullTranslations:
        code = current_language().code
        if code not in self.cache:
            chain = [self._load(choice) for choice in (code, *BY_CODE[code].fallback)]
            for upper, lower in pairwise(chain):
                upper.add_fallback(lower)
            self.cache[code] = chain[0]
        return cast("NullTranslations", self.cache[code])

    def _load(self, code: str) -> NullTranslations:
        return Translations.load(str(translations_dir()), [code], self.domain[0])


class Languages(flask_babel.Babel):  # type: ignore[misc] # Flask-Babel ships no types
    """Flask-Babel with our fallback chain as its default domain."""

    @cached_property
    def domain_instance(self) -> FallbackDomain:
        """One domain, so one cache of catalogues, for the whole site."""
        return FallbackDomain(translation_directories=str(translations_dir()))


def init_languages(app: Flask, *, locale_selector: Callable[[], str]) -> None:
    """Wire Flask-Babel.

    Our catalogues with their fallbacks, Tokyo's clock, the language chosen by `locale_selector`.
    """
    Languages(app, default_locale=DEFAULT, default_timezone=TIMEZONE, locale_selector=locale_selector)


def babel_locale() -> Locale:
    """The locale for dates and numbers."""
    return cast("Locale", flask_babel.get_locale())

"""The reader's language: sentences with their fallbacks, readings over kanji, texts that content files carry.

The only module that imports Flask-Babel, which ships no types.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from functools import cache, cached_property
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import flask_babel
from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask

from lms.kernel import languages
from lms.kernel.furigana import borrowed, set_apart
from lms.kernel.languages import Language, forms
from lms.kernel.resources import translations_dir

TIMEZONE = "Asia/Tokyo"
DEFAULT = "ja"
SOURCE = "en"
"""The language of the code itself, which needs no catalogue."""

_offered = languages.shipped()


def open_languages(folder: Path | None) -> None:
    """Offer the shipped languages and those of an operator's `folder`. Raises LanguageError, and offers nothing new."""
    found = languages.read_languages(translations_dir(), folder)
    for language in found.values():
        if language.folder.parent == folder:
            languages.check_catalogue(language)
    _offered.clear()
    _offered.update(found)
    _translations.cache_clear()
    messages.cache_clear()


def offered() -> tuple[Language, ...]:
    """Every language people can choose, in the switcher's order."""
    return tuple(_offered.values())


def codes() -> tuple[str, ...]:
    """The codes of the offered languages."""
    return tuple(_offered)


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
    return _offered.get(str(flask_babel.get_locale()), _offered[DEFAULT])


def reading_in(code: str) -> AbstractContextManager[Any]:
    """A block whose sentences are in the language of somebody else: the receiver of a mail."""
    return cast("AbstractContextManager[Any]", flask_babel.force_locale(known(code)))


def language(code: str) -> Language:
    """An offered language, else the default."""
    return _offered[known(code)]


def chosen_anew() -> None:
    """Forget the language of this request: the reader has just chosen another."""
    flask_babel.refresh()


def chain(code: str) -> tuple[Language, ...]:
    """Where a text in this language is looked for: there, in its fallbacks, in English, at last in Japanese."""
    wanted = language(code)
    return tuple(language(one) for one in dict.fromkeys((wanted.code, *wanted.fallback, SOURCE, DEFAULT)))


def known(code: str | None) -> str:
    """`code` if it is offered, else the default."""
    return code if code in _offered else DEFAULT


def is_offered(code: object) -> bool:
    """Whether people can choose this language."""
    return code in _offered


def text_in(texts: Mapping[str, str], code: str | None = None) -> str:
    """The text of a content file in a language (the reader's by default), by its fallbacks if it is missing."""
    found = next((one for one in chain(code or current_language().code) if one.code in texts), None)
    if found is None:
        return ""
    text = texts[found.code]
    if code:
        return set_apart(text)
    if found.tag != current_language().tag:
        return borrowed(text, tag=found.tag)
    return aloud(text) if found.code == DEFAULT else set_apart(text)


def best_match(accept_language: Iterable[str]) -> str:
    """The offered language nearest to a browser's list of tags, most wanted first."""
    found = languages.best_match(accept_language, offered())
    return found.code if found else DEFAULT


def shows_furigana() -> bool:
    """Whether kanji carry furigana for this reader: as they chose, else as is usual in their language."""
    usual = current_language().furigana
    if usual is None:
        return False
    chosen = cast("Languages", flask_babel.get_babel().instance).furigana_selector()
    return usual if chosen is None else chosen


@cache
def readings() -> Mapping[str, str]:
    """Japanese texts as they stand in catalogue and content → the same with `{漢字|かんじ}` over every word.

    Made at authoring time and corrected by hand; see translations/readings.py.
    """
    with (translations_dir() / DEFAULT / "readings.po").open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id and entry.string}


def _read_aloud(text: str) -> str:
    return set_apart(readings().get(text, text))


def aloud(text: str) -> str:
    """A Japanese text of ours with its readings where they are shown."""
    return _read_aloud(text) if shows_furigana() else text


class WithReadings(NullTranslations):
    """A catalogue whose Japanese sentences carry their readings; placeholders are still to be filled."""

    def __init__(self, below: NullTranslations) -> None:
        super().__init__()
        self.below = below

    def ugettext(self, message: str) -> str:
        """As in gettext."""
        return _read_aloud(self.below.gettext(message))

    def ungettext(self, singular: str, plural: str, num: int) -> str:
        """As in gettext."""
        return _read_aloud(self.below.ngettext(singular, plural, num))

    def upgettext(self, context: str, message: str) -> str:
        """As in gettext."""
        return _read_aloud(str(self.below.pgettext(context, message)))

    def unpgettext(self, context: str, singular: str, plural: str, num: int) -> str:
        """As in gettext."""
        return _read_aloud(self.below.npgettext(context, singular, plural, num))


@cache
def _translations(code: str) -> NullTranslations:
    """A language's sentences over those of its fallbacks; what none of them has stays English."""
    layers = [_catalogue(one.catalogue) for one in (language(code), *map(language, language(code).fallback))]
    for upper, lower in pairwise(layers):
        upper.add_fallback(lower)
    return layers[0]


def _catalogue(file: Path) -> NullTranslations:
    if not file.is_file():
        return NullTranslations()
    with file.open("rb") as text:
        catalogue = read_po(text)
    for message in [m for m in catalogue if m.id]:
        if all(forms(message)):
            told = tuple(map(set_apart, forms(message)))
            message.string = told[0] if isinstance(message.string, str) else told
        else:  # an empty plural would be compiled as its English; left out, the language below it answers
            catalogue.delete(message.id, message.context)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


@cache
def messages(code: str) -> tuple[tuple[str, str], ...]:
    """Every sentence of the site in a language as (msgid, sentence), each plural form by itself."""
    spoken = language(code if language(code).catalogue.is_file() else DEFAULT)
    with spoken.catalogue.open("rb") as text:
        found = [([m.id] if isinstance(m.id, str) else m.id, forms(m)) for m in read_po(text) if m.id]
    if spoken.code != code:  # the code's own language has no catalogue: it is what the others translate
        found = [(ids, tuple(ids)) for ids, _ in found]
    return tuple((ids[min(n, len(ids) - 1)], form) for ids, told in found for n, form in enumerate(told) if form)


class OurCatalogues(flask_babel.Domain):  # type: ignore[misc] # Flask-Babel ships no types
    """Catalogues read from their .po files, laid over one another: `ja@easy` over `ja` over the code's English."""

    def get_translations(self) -> NullTranslations:
        catalogue = _translations(current_language().code)
        return WithReadings(catalogue) if shows_furigana() else catalogue


class Languages(flask_babel.Babel):  # type: ignore[misc] # Flask-Babel ships no types
    """Flask-Babel with our catalogues as its default domain."""

    furigana_selector: Callable[[], bool | None]

    @cached_property
    def domain_instance(self) -> OurCatalogues:
        """One domain for the whole site."""
        return OurCatalogues()


def init_languages(
    app: Flask, *, locale_selector: Callable[[], str], furigana_selector: Callable[[], bool | None]
) -> None:
    """Wire Flask-Babel.

    Our catalogues with their fallbacks, Tokyo's clock, the language and the furigana that the selectors choose.
    """
    babel = Languages(app, default_locale=DEFAULT, default_timezone=TIMEZONE, locale_selector=locale_selector)
    babel.furigana_selector = furigana_selector


def babel_locale() -> Locale:
    """The locale for dates and numbers."""
    return cast("Locale", flask_babel.get_locale())

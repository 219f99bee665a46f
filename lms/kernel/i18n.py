"""The reader's language: sentences with their fallbacks, readings over kanji, texts that content files carry.

The only module that imports Flask-Babel, which ships no types.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import flask_babel
from babel import Locale
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask

from lms.kernel import languages
from lms.kernel.languages import Language
from lms.kernel.resources import translations_dir

TIMEZONE = "Asia/Tokyo"
DEFAULT = "ja"
SOURCE = "en"
"""The language of the code itself, which needs no catalogue."""

_offered = languages.shipped()


def open_languages(folder: Path | None) -> None:
    """Offer the shipped languages and those of an operator's `folder`. Raises LanguageError."""
    _offered.clear()
    _offered.update(languages.read_languages(translations_dir(), folder))
    _translations.cache_clear()


def offered() -> tuple[Language, ...]:
    """Every language people can choose, in the switcher's order."""
    return tuple(_offered.values())


def codes(*, complete: bool | None = None) -> tuple[str, ...]:
    """The codes of the offered languages; `complete` asks for those that must have every text, or may lack some."""
    return tuple(one.code for one in offered() if complete in {None, one.complete})


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


def known(code: str | None) -> str:
    """`code` if it is offered, else the default."""
    return code if code in _offered else DEFAULT


def is_offered(code: object) -> bool:
    """Whether people can choose this language."""
    return code in _offered


def text_in(texts: Mapping[str, str], code: str | None = None) -> str:
    """The text of a content file in a language (the reader's by default), by its fallbacks if it is missing."""
    wanted = language(code) if code else current_language()
    for choice in (wanted.code, *wanted.fallback, DEFAULT):
        if choice in texts:
            return _read_aloud(texts[choice]) if choice == DEFAULT and not code and shows_furigana() else texts[choice]
    return next(iter(texts.values()), "")


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
    return readings().get(text, text)


def aloud(text: str) -> str:
    """A Japanese name that stands on every page, with its readings where they are shown."""
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
    wanted = _offered[code]
    catalogue = _catalogue(wanted.catalogue)
    if wanted.fallback:
        catalogue.add_fallback(_translations(wanted.fallback[0]))
    return catalogue


def _forms(message: Message) -> tuple[str, ...]:
    """A message's translations: one, or one for each plural."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def _catalogue(file: Path) -> NullTranslations:
    if not file.is_file():
        return NullTranslations()
    with file.open("rb") as text:
        sentences = read_po(text)
    # An empty plural would be compiled as its English; left out, the language below it answers.
    for message in [m for m in sentences if m.id and not all(_forms(m))]:
        sentences.delete(message.id, message.context)
    compiled = BytesIO()
    write_mo(compiled, sentences)
    compiled.seek(0)
    return Translations(compiled)


def sentences(code: str) -> dict[str, str]:
    """Every message of the code in a language, by its msgid; its own where it has one, else its fallback's."""
    known_here: dict[str, str] = {}
    for choice in (*reversed(language(code).fallback), language(code).code):
        if language(choice).catalogue.is_file():
            with language(choice).catalogue.open("rb") as text:
                found = [(m.id if isinstance(m.id, str) else m.id[0], _forms(m)[-1]) for m in read_po(text) if m.id]
            known_here |= {msgid: said for msgid, said in found if said}
    return known_here


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

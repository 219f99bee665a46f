"""Which languages there are: one folder each, `<code>/language.toml`, shipped or an operator's own."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError, read_po

from lms.kernel.resources import translations_dir

FILE = "language.toml"
KEYS: dict[str, type] = {
    "tag": str, "own_name": str, "place": int, "fallback": list, "day": str, "moment": str, "furigana": bool,
    "complete": bool,
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\((\w+)\)")
LAST = 1000


class LanguageError(Exception):
    """A language's folder cannot be used; the message names the file and says why."""


@dataclass(frozen=True)
class Language:
    """A language people can choose.

    `code` names the folder, `tag` goes into HTML's lang, `own_name` into the switcher, `place` orders it.
    `day` and `moment` are CLDR patterns of a date and a time of day; empty, Babel's own is taken.
    `furigana` says whether readings stand over kanji unless the reader chose otherwise; None where there are none.
    A language that is not `complete` may lack texts, which then come from its fallbacks.
    """

    code: str
    tag: str
    own_name: str
    folder: Path
    place: int = LAST
    fallback: tuple[str, ...] = ()
    day: str = ""
    moment: str = ""
    furigana: bool | None = None
    complete: bool = True

    @property
    def catalogue(self) -> Path:
        """Where its sentences stand; a language without one speaks the code's own English."""
        return self.folder / "LC_MESSAGES" / "messages.po"


def read_languages(*folders: Path | None) -> dict[str, Language]:
    """The languages of these folders by code, in the order in which they are offered. Raises LanguageError."""
    given = [folder for folder in folders if folder]
    for folder in given:
        if not folder.is_dir():
            raise LanguageError(f"There is no folder {folder} with languages.")
    files = [file for folder in given for file in sorted(folder.glob(f"*/{FILE}"))]
    found = {file.parent.name: _read(file) for file in files}
    for language in found.values():
        if unknown := set(language.fallback) - found.keys():
            raise LanguageError(f"{language.folder / FILE}: there is no language {', '.join(sorted(unknown))}")
    return {language.code: language for language in sorted(found.values(), key=lambda one: (one.place, one.code))}


def shipped() -> dict[str, Language]:
    """The languages that travel with the code."""
    return read_languages(translations_dir())


def forms(message: Message) -> tuple[str, ...]:
    """A message's translations: one, or one for each plural; "" where there is none."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def check_catalogue(language: Language) -> None:
    """Read every sentence of a language and fill its placeholders once. Raises LanguageError for the first that fails.

    The shipped catalogues are checked by tests; one of an operator's would otherwise fail in front of its readers.
    """
    if not language.catalogue.is_file():
        return
    try:
        with language.catalogue.open("rb") as text:
            sentences = [message for message in read_po(text, abort_invalid=True) if message.id]
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        raise LanguageError(f"{language.catalogue}: {error}") from error
    for message in sentences:
        values = dict.fromkeys(PLACEHOLDER.findall(str(message.id)), 0)
        for told in forms(message):
            try:
                _ = told % values
            except (KeyError, TypeError, ValueError) as error:
                raise LanguageError(f"{language.catalogue}: a placeholder is wrong in: {told}") from error


def best_match(accept_language: Iterable[str], offered: Iterable[Language]) -> Language | None:
    """The offered language nearest to a browser's list of tags, most wanted first; None if none is near.

    Of languages that share a tag the first is meant: easy Japanese has no tag of its own and is chosen by hand.
    """
    by_tag: dict[str, Language] = {}
    for language in offered:
        by_tag.setdefault(language.tag.lower(), language)
        by_tag.setdefault(_base(language.tag), language)
    for tag in accept_language:
        found = by_tag.get(tag.lower().replace("_", "-")) or by_tag.get(_base(tag))
        if found:
            return found
    return None


def _base(tag: str) -> str:
    return re.split("[-_]", tag, maxsplit=1)[0].lower()


def _read(file: Path) -> Language:
    code = file.parent.name
    try:
        values = tomllib.loads(file.read_text("utf-8"))
        locale = Locale.parse(code)
    except (OSError, ValueError, UnknownLocaleError) as error:
        raise LanguageError(f"{file}: {error}") from error
    if str(locale) != code:
        raise LanguageError(f"{file.parent}: this language is called {locale}; call its folder so")
    if unknown := values.keys() - KEYS:
        raise LanguageError(f"{file}: unknown key {', '.join(sorted(unknown))}, known are {', '.join(sorted(KEYS))}")
    if missing := {"tag", "own_name"} - values.keys():
        raise LanguageError(f"{file}: {', '.join(sorted(missing))} is missing")
    for key, value in values.items():
        fits = isinstance(value, KEYS[key])
        if not fits or (KEYS[key] is list and {type(one) for one in value} - {str}):
            raise LanguageError(f"{file}: {key} = {value!r} is of the wrong kind")
    if _base(values["tag"]) != locale.language:
        raise LanguageError(f"{file}: the tag {values['tag']} is not of the language {locale.language}")
    return Language(code=code, folder=file.parent, **values | {"fallback": tuple(values.get("fallback", ()))})

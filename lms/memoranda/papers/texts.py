"""The words and the layout of the papers, and the version that names both: another word is another version."""

import hashlib
import json
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

from lms.kernel import i18n, resources
from lms.kernel.content import EASY, ContentError
from lms.kernel.languages import Language

EDITION = "2026-11"
"""The part of the version that people read: raised when the memorandum itself says something else."""

WORDS = "letters.toml"
WORDS_IN_ZIP = "words.json"
LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, eq=False)
class Texts:
    """Everything that papers in one language of one programme are set from, but for the person's own data.

    `sources` are the layout files by name. `words` are the Japanese, those of the receiver's language `theirs`, and
    what explains the memorandum to who reads another language. Texts are told apart by being one and the same object.
    """

    version: str
    sources: Mapping[str, bytes]
    words: Mapping[str, Any]

    def zipped(self) -> bytes:
        """All of it as one file; the same texts make the same bytes."""
        files = {**self.sources, WORDS_IN_ZIP: _canonical(self.words)}
        whole = BytesIO()
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(files):
                archive.writestr(zipfile.ZipInfo(name, LONG_AGO), files[name], zipfile.ZIP_DEFLATED)
        return whole.getvalue()

    @classmethod
    def unzipped(cls, version: str, whole: bytes) -> "Texts":
        """What was zipped once."""
        with zipfile.ZipFile(BytesIO(whole)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        words = json.loads(files.pop(WORDS_IN_ZIP))
        return cls(version, files, words)


def spoken(locale: str) -> Language:
    """The language that a letter speaks beside Japanese: the receiver's, or its next fallback that has letters."""
    return next(one for one in i18n.chain(locale) if (one.folder / WORDS).is_file())


def texts_of(locale: str, *, programme: str) -> Texts:
    """The texts of today for a receiver's language and a programme. Raises ContentError for a file that is wrong."""
    return _texts(spoken(locale), i18n.language(i18n.DEFAULT), i18n.language(EASY), programme)


@cache
def _texts(language: Language, japanese: Language, easy: Language, programme: str) -> Texts:
    theirs = words(language, programme=programme)
    collected: dict[str, Any] = {"japanese": words(japanese, programme=programme)}
    if language != japanese:
        simple = words(easy, programme=programme)
        collected["explanation"] = simple["explanation"] | {
            "units": simple["units"],
            "honorarium": simple["letter"]["honorarium"],
            "between-bands": simple["letter"]["between-bands"],
        }
        collected["theirs"] = {key: value for key, value in theirs.items() if key != "explanation"}
    sources = layouts()
    digest = hashlib.sha256(_canonical(collected))
    for name, source in sources.items():
        digest.update(name.encode() + b"\0" + hashlib.sha256(source).digest())
    return Texts(f"{EDITION}-{digest.hexdigest()[:8]}", sources, collected)


@cache
def layouts() -> Mapping[str, bytes]:
    """The layout files by name."""
    folder = resources.templates_dir() / "letters"
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in {".typ", ".svg"}}


@cache
def words(language: Language, *, programme: str = "") -> dict[str, Any]:
    """What the papers say in a language, with what a programme says otherwise. Raises ContentError."""
    said = tomllib.loads((language.folder / WORDS).read_text("utf-8"))
    own = language.folder / f"letters.{programme}.toml"
    if not (programme and own.is_file()):
        return said
    try:
        other = tomllib.loads(own.read_text("utf-8"))
        return _with(said, other, "")
    except ValueError as error:
        raise ContentError(own, 1, str(error)) from error


def _with(said: dict[str, Any], other: dict[str, Any], place: str) -> dict[str, Any]:
    changed = dict(said)
    for key, value in other.items():
        if type(value) is not type(said.get(key)):
            raise ValueError(f"'{place}{key}' is not in {WORDS}, or is something else there")
        changed[key] = _with(said[key], value, f"{place}{key}.") if isinstance(value, dict) else value
    return changed


def _canonical(words: Mapping[str, Any]) -> bytes:
    return json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

"""The text of a caption file in whatever encoding it was saved; guessed only where little can go wrong."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lms.kernel.errors import Invalid

UTF_8 = "UTF-8"
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", UTF_8),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
# What begins so is a film, a picture, an archive, a document: never captions.
OTHER_KINDS = (b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x1aE\xdf\xa3", b"\xd0\xcf\x11\xe0", b"RIFF")
ISO_2022_JP = re.compile(rb"\x1b\$[@B]")
JAPANESE = (("euc_jp", "EUC-JP"), ("cp932", "Shift_JIS"))
KANA = re.compile(r"[\u3041-\u30ff]")
FULL_WIDTH = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uff60]")
# The one encoding that texts in a language were saved in before UTF-8; other languages used Windows-1252.
BEFORE_UTF_8 = {
    "vi": ("cp1258", "Windows-1258"),
    "zh-hans": ("gb18030", "GB18030"),
    "zh-hant": ("big5hkscs", "Big5"),
    "ko": ("cp949", "Windows-949"),
    "ru": ("cp1251", "Windows-1251"),
    "uk": ("cp1251", "Windows-1251"),
    "ar": ("cp1256", "Windows-1256"),
    "fa": ("cp1256", "Windows-1256"),
    "ur": ("cp1256", "Windows-1256"),
    "tr": ("cp1254", "Windows-1254"),
    "th": ("cp874", "Windows-874"),
}
WESTERN = ("cp1252", "Windows-1252")
WESTERN_LANGUAGES = {"en", "es", "pt", "fr", "de", "it", "id", "fil", "sw"}


@dataclass(frozen=True)
class Decoded:
    """A file's text, and the name of the encoding it was read in."""

    text: str
    encoding: str


def decode(data: bytes, *, tag: str) -> Decoded:
    """The text of a file whose words are in the language of a BCP-47 tag. Raises Invalid if it cannot be told."""
    if data.startswith(OTHER_KINDS) or data[4:8] == b"ftyp":
        raise Invalid("This is not a caption file. Choose a file whose name ends in .vtt or .srt.")
    for mark, codec, name in MARKS:
        if data.startswith(mark):
            return Decoded(_strictly(data, codec), name)
    if ISO_2022_JP.search(data):
        return Decoded(_strictly(data, "iso2022_jp_ext"), "ISO-2022-JP")
    if b"\0" in data:
        raise Invalid("This is not a caption file. Choose a file whose name ends in .vtt or .srt.")
    try:
        return Decoded(data.decode(), UTF_8)
    except UnicodeDecodeError as error:
        found = next(_guesses(data, tag=tag), None)
        if found is None:
            raise _unreadable(error) from error
        return found


def _guesses(data: bytes, *, tag: str) -> Iterator[Decoded]:
    """Japanese shows itself by its kana; of the others, what the language was saved in and nothing else."""
    japanese = [found for codec, name in JAPANESE if (found := _tried(data, codec, name)) and _is_japanese(found.text)]
    yield from sorted(japanese, key=lambda found: -len(KANA.findall(found.text)))
    base = tag.partition("-")[0].lower()
    codec, name = BEFORE_UTF_8.get(tag.lower()) or BEFORE_UTF_8.get(base) or WESTERN
    if (codec, name) != WESTERN or base in WESTERN_LANGUAGES:
        found = _tried(data, codec, name)
        if found:
            yield found


def _tried(data: bytes, codec: str, name: str) -> Decoded | None:
    try:
        return Decoded(data.decode(codec), name)
    except UnicodeDecodeError:
        return None


def _is_japanese(text: str) -> bool:
    """Whether what is not ASCII is kana and kanji; other encodings taken for Japanese show half-width kana."""
    strange = [sign for sign in text if not sign.isascii()]
    full = len(FULL_WIDTH.findall(text))
    return len(KANA.findall(text)) >= max(len(strange) // 10, 1) and full >= 0.9 * len(strange)


def _strictly(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise _unreadable(error) from error


def _unreadable(error: UnicodeDecodeError) -> Invalid:
    line = error.object[: error.start].count(b"\n") + 1
    return Invalid(
        "Line %(line)d cannot be read. Open the file in an editor, save it as UTF-8 and choose it again.", line=line
    )

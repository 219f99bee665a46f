"""The typefaces of the papers: which letters they hold, and how wide a word is at most."""

import struct
import unicodedata
from functools import lru_cache
from pathlib import Path

from lms.kernel import resources

JAPANESE = ("NotoSansJP_400Regular.ttf", "NotoSansJP_700Bold.ttf")
OTHERS = {
    "Noto Sans KR": "NotoSansKR_400Regular.ttf",
    "Noto Sans SC": "NotoSansSC_400Regular.ttf",
    "Noto Sans Arabic": "NotoSansArabic_400Regular.ttf",
    "Noto Sans Bengali": "NotoSansBengali_400Regular.ttf",
    "Noto Sans Devanagari": "NotoSansDevanagari_400Regular.ttf",
    "Noto Sans Khmer": "NotoSansKhmer_400Regular.ttf",
    "Noto Sans Myanmar": "NotoSansMyanmar_400Regular.ttf",
    "Noto Sans Sinhala": "NotoSansSinhala_400Regular.ttf",
    "Noto Sans Thai": "NotoSansThai_400Regular.ttf",
}
"""For names only: a family and its file. What the Japanese typeface holds is never taken from here."""

FACES = (*JAPANESE, *OTHERS.values())

# Controls, joiners and variation selectors have no shape of their own; marks stand above or below another letter.
SHAPELESS = {"Cc", "Cf", "Mn", "Zs"}
NO_WIDTH = {"Cc", "Cf", "Mn"}


def check_faces(fonts: Path) -> None:
    """Raises FileNotFoundError when a typeface is missing: papers without it would go out as empty boxes."""
    for face in FACES:
        if not (fonts / face).is_file():
            raise FileNotFoundError(fonts / face)


def missing_glyphs(text: str, *, fonts: Path | None = None) -> str:
    """The characters, each once, that no typeface of the papers holds.

    They come out as empty boxes: look at the proof, or ask for another spelling.
    """
    folder = fonts or resources.fonts_dir()
    shaped = (c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) not in SHAPELESS)
    return "".join(dict.fromkeys(c for c in shaped if not any(ord(c) in _face(folder / face) for face in FACES)))


def families_for(text: str, *, fonts: Path) -> list[str]:
    """The families beside the Japanese one that this text needs, in the order in which they are asked."""
    japanese = _face(fonts / JAPANESE[0])
    strange = {ord(c) for c in unicodedata.normalize("NFC", text) if ord(c) not in japanese}
    return [family for family, file in OTHERS.items() if any(code in _face(fonts / file) for code in strange)]


def em(word: str, *, fonts: Path) -> float:
    """How wide a word is at most, in its own size: as if it were bold and no two letters moved together."""
    return round(sum(_em(c, fonts) for c in unicodedata.normalize("NFC", word)), 3)


def _em(character: str, fonts: Path) -> float:
    if unicodedata.category(character) in NO_WIDTH:
        return 0.0
    for face in (JAPANESE[1], *OTHERS.values()):
        if (width := _face(fonts / face).get(ord(character))) is not None:
            return width
    return 1.0


@lru_cache
def _face(file: Path) -> dict[int, float]:
    """The code points a TrueType file draws, each with its advance in em."""
    return _Face(file.read_bytes()).widths()


class _Face:
    """The tables `cmap` and `hmtx` of a TrueType file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        tables = (12 + 16 * n for n in range(self._number(">H", 4)))
        self._tables = {data[at : at + 4]: self._number(">I", at + 8) for at in tables}

    def widths(self) -> dict[int, float]:
        per_em = self._number(">H", self._tables[b"head"] + 18)
        count = self._number(">H", self._tables[b"hhea"] + 34)
        advances = struct.unpack_from(">" + "Hh" * count, self._data, self._tables[b"hmtx"])[::2]
        return {code: advances[min(glyph, count - 1)] / per_em for code, glyph in self._glyphs().items()}

    def _number(self, layout: str, at: int) -> int:
        return int(struct.unpack_from(layout, self._data, at)[0])

    def _glyphs(self) -> dict[int, int]:
        """Code point to glyph, from the ranges (format 12) or else the segments (format 4) of `cmap`."""
        cmap = self._tables[b"cmap"]
        subtables = (cmap + self._number(">I", cmap + 8 + 8 * n) for n in range(self._number(">H", cmap + 2)))
        by_format = {self._number(">H", at): at for at in subtables}
        return self._ranges(by_format[12]) if 12 in by_format else self._segments(by_format[4])

    def _ranges(self, at: int) -> dict[int, int]:
        found: dict[int, int] = {}
        for n in range(self._number(">I", at + 12)):
            first, last, glyph = struct.unpack_from(">III", self._data, at + 16 + 12 * n)
            found.update(zip(range(first, last + 1), range(glyph, glyph + last - first + 1), strict=True))
        return found

    def _segments(self, at: int) -> dict[int, int]:
        count = self._number(">H", at + 6) // 2
        found: dict[int, int] = {}
        for n in range(count):
            last, first = (self._number(">H", at + 14 + start + 2 * n) for start in (0, 2 * count + 2))
            delta, offset = (self._number(">H", at + 16 + start + 2 * n) for start in (4 * count, 6 * count))
            for code in range(first, min(last, 0xFFFE) + 1):
                glyph = code
                if offset:
                    glyph = self._number(">H", at + 16 + 6 * count + 2 * n + offset + 2 * (code - first))
                if glyph or not offset:
                    found[code] = (glyph + delta) & 0xFFFF
        return {code: glyph for code, glyph in found.items() if glyph}

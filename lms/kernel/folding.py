"""The form in which words are compared: any case and width, either kana, with accents or without."""

import re
import unicodedata
from functools import lru_cache

# A letter with the marks that follow it, among them the voiced marks of half-width katakana.
CLUSTER = re.compile(r"(?s).[\u0300-\u036f\u3099\u309a\uff9e\uff9f]*")
LATIN = re.compile(r"[a-z][\u0300-\u036f]+")
HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)} | {ord("đ"): "d"}


@lru_cache(maxsize=8192)
def plain_letter(letter: str) -> str:
    """One letter with its marks as it is compared; some become several."""
    apart = unicodedata.normalize("NFKD", letter).casefold()
    plain = LATIN.sub(lambda found: found[0][0], apart)
    return unicodedata.normalize("NFC", plain).translate(HIRAGANA).replace("\n", " ")


def without_spaces(text: str) -> str:
    """A name as it is compared: 山田 太郎 and 山田太郎 are one, and so are Nguyễn and nguyen."""
    return "".join("".join(plain_letter(cluster[0]) for cluster in CLUSTER.finditer(text)).split())

"""The rules of easy Japanese that a machine can check, after the national guideline for residents' support (2020).

What needs a reader stays with people: conclusion first, one fact in a sentence, verbs rather than chains of nouns.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lms.kernel.content import KANJI

LONGEST_SENTENCE = 40
"""Characters of a sentence without readings, 〈explanations〉 and spaces; half of ours have at most 13."""
LONGEST_STRETCH = 12
"""Characters between two spaces or marks, without readings: 支援ネットワーク構築事業 fits; most of ours have 3."""

MARKED = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{[a-z_-]+\}")
FILLED = "◯"
"""Stands for what a placeholder will bring: one character, neither letter nor kanji."""
ASIDE = re.compile(r"〈[^〈〉]*〉|（[^（）]*）")
SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?]?")
BETWEEN_WORDS = re.compile(r"[\s、。！？!?：・…「」『』（）()〈〉]+")

KANJI_ALONE = re.compile(rf"[0-9]*[{KANJI}]+")
HIRAGANA = re.compile(r"[ぁ-ゖー]+")
POLITE = re.compile(r"(ます|ました|ましょう|ません|ませんでした|です|でした|でしょう|ください)か?$")

LATIN = re.compile(r"[A-Za-z][A-Za-z0-9.]*")
TYPED_AS_IT_IS = re.compile(
    r"[\w.+-]+@[\w-]+(\.[\w-]+)+|lms [a-z]+|<[a-z]+[^<>]*>|\.(vtt|srt)\b|\b[a-z]+\.csv\b|LMS_[A-Z_]+"
)
"""Mail addresses, commands, tags, files and settings, which nobody can write in kana."""
NAMES_AND_UNITS = frozenset(
    {
        *("AAC", "CSV", "DV", "DVD", "GB", "H.264", "ID", "K", "km", "MB", "MKV", "MOV", "MP4", "PDF", "SMJ", "SRT"),
        *("UTF", "WebM", "WebVTT", "xAPI"),
    }
)

DOUBLE_NEGATIVE = re.compile(
    r"な[いく](わけ|こと)?(で)?[はも](ない|なく|なかった|ありません)|ざるを(得|え)|ずには(い|お)"
    r"|な(ければ|くては|いと)(な[りら]|いけ)"
)
HONORIFIC = re.compile(
    r"いただ|くださいませ|いらっしゃ|おっしゃ|いたしま|[てで]おり(ます|まし|ませ)|申し|存じ|伺|拝|なさ[いっるれ]"
    r"|(?<!ありがとう)ございま"
    rf"|お[{KANJI}]+[いきしちにみりえけせてねべめれ](に(なり|なる|なっ)|ください|し(ます|ました|て))"
    rf"|(?<![ぁ-ゖァ-ヶ])ご[{KANJI}]"
)
ERA = re.compile("令和|平成|昭和")
RANGE = re.compile("[〜~～]")
AFTER_NOON = re.compile(r"(?<!\d)(1[3-9]|2[0-4])(時(?!間)|:[0-5]\d)")
SLASHED_DATE = re.compile(r"\d/\d")
# Doubled words that every beginner's book teaches; the others imitate sounds and moods.
DOUBLED = re.compile(r"([ぁ-ゖァ-ヶ]{2})\1")
TAUGHT = frozenset({"いろいろ", "だんだん", "ときどき", "てんてん", "まだまだ"})
JOINED = re.compile(
    r"[てで](い(ます|ません|ました|る|ない)|ください|くれ(て|ます|る))|もう([一少]|いち|すこ)"
    r"|[うくすつぬぶむるた](とき(?!どき)|こと(?!ば)|ため(?!す)|もの|ところ)|い(とき(?!どき)|もの)"
)


@dataclass(frozen=True)
class Finding:
    """What a text does against a rule; `excerpt` is the spot, without readings."""

    rule: str
    excerpt: str


def findings(text: str) -> list[Finding]:
    """Everything in a text of easy Japanese that goes against a rule; readings are written `{漢字|かんじ}`."""
    return [Finding(rule, excerpt) for rule, check in CHECKS.items() for excerpt in check(text)]


def plain(text: str) -> str:
    """The text as it is read: without readings, with one sign for each placeholder."""
    return MARKED.sub(r"\1", PLACEHOLDER.sub(FILLED, text))


def sentences(text: str) -> list[str]:
    """The sentences of a text, plain, without 〈explanations〉 and brackets; each ends with its full stop or line."""
    found = SENTENCE.findall(ASIDE.sub("", plain(text)))
    return [sentence.strip() for sentence in found if sentence.strip()]


def _unread(text: str) -> Iterator[str]:
    unmarked = MARKED.sub(" ", PLACEHOLDER.sub(FILLED, text))
    yield from re.findall(rf"[{KANJI}]+|[{{|}}]", unmarked)


def _not_in_hiragana(text: str) -> Iterator[str]:
    yield from (reading for _, reading in MARKED.findall(text) if not HIRAGANA.fullmatch(reading))


def _not_over_kanji(text: str) -> Iterator[str]:
    yield from (base for base, _ in MARKED.findall(text) if not KANJI_ALONE.fullmatch(base))


def _too_long(text: str) -> Iterator[str]:
    yield from (found for found in sentences(text) if len(re.sub(r"\s", "", found)) > LONGEST_SENTENCE)


def _not_polite(text: str) -> Iterator[str]:
    for sentence in sentences(text):
        # Headings, labels and choices are no sentences: they have no full stop.
        if sentence.endswith("。") and not POLITE.search(sentence.removesuffix("。").rstrip(" 」")):
            yield sentence


def _without_space(text: str) -> Iterator[str]:
    stretches = BETWEEN_WORDS.split(TYPED_AS_IT_IS.sub(" ", plain(text)))
    yield from (stretch for stretch in stretches if len(stretch) > LONGEST_STRETCH)


def _double_negative(text: str) -> Iterator[str]:
    closed = re.sub(r"\s", "", plain(text))  # a space between its words does not make it clearer
    yield from (found[0] for found in DOUBLE_NEGATIVE.finditer(closed))


def _roman(text: str) -> Iterator[str]:
    words = LATIN.findall(TYPED_AS_IT_IS.sub(" ", plain(text)))
    yield from (word for word in words if word not in NAMES_AND_UNITS)


def _imitating(text: str) -> Iterator[str]:
    yield from (found[0] for found in DOUBLED.finditer(plain(text)) if found[0] not in TAUGHT)


def _having(pattern: re.Pattern[str]) -> Callable[[str], Iterator[str]]:
    return lambda text: (found[0] for found in pattern.finditer(plain(text)))


CHECKS: Mapping[str, Callable[[str], Iterator[str]]] = {
    "kanji without a reading": _unread,
    "reading not in hiragana": _not_in_hiragana,
    "reading not over kanji alone": _not_over_kanji,
    "sentence too long": _too_long,
    "sentence without です or ます": _not_polite,
    "stretch without a space": _without_space,
    "words written together": _having(JOINED),
    "double negative": _double_negative,
    "honorific": _having(HONORIFIC),
    "word that imitates": _imitating,
    "roman letters": _roman,
    "Japanese era": _having(ERA),
    "mark instead of から and まで": _having(RANGE),
    "hour after noon not in 午前 and 午後": _having(AFTER_NOON),
    "date with a slash": _having(SLASHED_DATE),
}

"""`make readings`: put furigana on every Japanese text of the site, for people to read through and correct.

An entry of translations/ja/readings.po is never touched again: whoever corrects one is right. A text that changed
comes back as the dictionary reads it; words that it reads wrongly again and again belong in translations/ja/words.toml.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from lms.guides.texts import guide
from lms.kernel.content import KANJI
from lms.kernel.i18n import DEFAULT, readings
from lms.kernel.settings import Settings
from lms.web.dates import minutes_counter

ROOT = Path(__file__).resolve().parents[1]
JAPANESE = ROOT / "translations" / "ja"
SENTENCES = JAPANESE / "LC_MESSAGES" / "messages.po"
READINGS = JAPANESE / "readings.po"
WORDS = JAPANESE / "words.toml"
CONTENT = ("courses/content", "surveys/content", "lms/demo/content", "lms/memoranda/content")
ORGANISATION = "organisation.toml"
GUIDES = ("guide", "accessibility")

HAS_KANJI = re.compile(rf"[{KANJI}]")
KANJI_RUN = re.compile(rf"([{KANJI}]+)")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")
# What the dictionary sees instead of a placeholder. No text of ours contains these signs; a count is read like 5,
# whose counters keep their plain sound (5人 ごにん, 5分 ごふん).
NUMBER, NAME = "５", "Ｘ"

Kind: TypeAlias = Literal["noun", "prefix", "suffix", "other"]


class Token(NamedTuple):
    """A word as it stands in the text, its reading in hiragana, and how it may grow together with its neighbours."""

    surface: str
    reading: str
    kind: Kind = "other"


def japanese_texts() -> set[str]:
    """Every text with kanji that a page may show: sentences, content, guides, the names of site and office."""
    with SENTENCES.open("rb") as file:
        sentences = [message.string for message in read_po(file) if message.id and message.string]
    texts = {text for forms in sentences for text in ([forms] if isinstance(forms, str) else forms)}
    texts.add(Settings().site_name)
    texts.update(text for name in GUIDES for text in guide(name, DEFAULT).texts())
    for folder in CONTENT:
        for path in (ROOT / folder).rglob("*.toml"):
            content = tomllib.loads(path.read_text())
            texts.update([content["name"]] if path.name == ORGANISATION else _in_japanese(content))
    return {text for text in texts if HAS_KANJI.search(text)}


def _in_japanese(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get("ja"), str):
            yield node["ja"]
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from _in_japanese(inner)


def hiragana(katakana: str) -> str:
    """ソウダン as そうだん; other signs stay."""
    return "".join(chr(ord(sign) - 0x60) if "ァ" <= sign <= "ヶ" else sign for sign in katakana)


def word(surface: str, reading: str) -> str:
    """One word with its reading over its kanji only: 受け取り as `{受|う}け{取|と}り`.

    A word whose kana do not occur in its reading carries the reading over all of it.
    """
    parts = KANJI_RUN.split(surface)
    if len(parts) == 1:
        return surface
    pattern = "".join("(.+?)" if i % 2 else re.escape(hiragana(part)) for i, part in enumerate(parts))
    found = re.fullmatch(pattern, reading)
    if found is None:
        return f"{{{surface}|{reading}}}"
    readings = iter(found.groups())
    return "".join(f"{{{part}|{next(readings)}}}" if i % 2 else part for i, part in enumerate(parts))


def marked(tokens: Iterable[Token], *, words: Mapping[str, str]) -> str:
    """The text of these tokens with readings; `words` (surface to reading) win over what the tokens say."""
    ours = _with_our_words(list(tokens), words=words)
    return "".join(word(token.surface, token.reading) for token in _compounds(_counted(ours)))


def _with_our_words(tokens: Sequence[Token], *, words: Mapping[str, str]) -> Iterator[Token]:
    """The longest run of tokens that makes one of our words becomes that word, which grows no further."""
    start = 0
    while start < len(tokens):
        for end in range(len(tokens), start, -1):
            surface = "".join(token.surface for token in tokens[start:end])
            if surface in words:
                yield Token(surface, words[surface])
                break
        else:
            end = start + 1
            yield tokens[start]
        start = end


def _counted(tokens: Iterable[Token]) -> Iterator[Token]:
    """Minutes sound as the number before them makes them: 3分 さんぷん, 5分 ごふん."""
    before = ""
    for token in tokens:
        number = re.search(r"\d+$", before)
        yield token._replace(reading=minutes_counter(int(number[0]))) if number and token.surface == "分" else token
        before += token.surface


def _compounds(tokens: Iterable[Token]) -> Iterator[Token]:
    """Nouns of kanji alone that follow one another are one word: 送付 + 先, 未 + 入力, 回答 + 者."""
    held: Token | None = None
    for token in tokens:
        joins = token.kind != "other" and KANJI_RUN.fullmatch(token.surface)
        if held and joins and token.kind != "prefix":
            held = Token(held.surface + token.surface, held.reading + token.reading, token.kind)
            continue
        if held:
            yield held
            held = None
        if joins:
            held = token
        else:
            yield token
    if held:
        yield held


def with_readings(text: str, *, tokens_of: Callable[[str], Iterable[Token]], words: Mapping[str, str]) -> str:
    """A whole text with readings, its placeholders untouched."""
    placeholders = PLACEHOLDER.findall(text)
    plain = PLACEHOLDER.sub(lambda found: NUMBER if found[0].endswith("d") else NAME, text)
    back = iter(placeholders)
    return re.sub(f"[{NUMBER}{NAME}]", lambda _: next(back), marked(tokens_of(plain), words=words))


def dictionary() -> Callable[[str], list[Token]]:
    """The dictionary that cuts a text into tokens; only authors have it installed."""
    from sudachipy import Config, Dictionary, SplitMode  # noqa: PLC0415  # neither the site nor its tests need it

    # Without the plug-in that takes short kana in brackets for a reading and makes one word of 日（から）.
    plugins = [{"class": "com.worksap.nlp.sudachi.DefaultInputTextPlugin"}]
    tokenizer = Dictionary(dict="small", config=Config(inputTextPlugin=plugins)).tokenizer()

    def tokens_of(text: str) -> list[Token]:
        cut = tokenizer.tokenize(text, SplitMode.C)
        return [Token(m.surface(), hiragana(m.reading_form()), _kind(m.part_of_speech())) for m in cut]

    return tokens_of


def _kind(speech: Sequence[str]) -> Kind:
    """Of Sudachi's parts of speech those that make compounds. 今日, 前 and the like (副詞可能) stand alone."""
    if speech[0] == "接頭辞":
        return "prefix"
    if speech[0] == "接尾辞" and speech[1] == "名詞的":
        return "suffix"
    return "noun" if speech[0] == "名詞" and speech[1] == "普通名詞" and speech[2] != "副詞可能" else "other"


def main() -> None:
    """Bring readings.po up to date, and print what is new in it."""
    texts, words, tokens_of = sorted(japanese_texts()), tomllib.loads(WORDS.read_text()), dictionary()
    known = dict(readings())
    fresh = {t: with_readings(t, tokens_of=tokens_of, words=words) for t in texts if t not in known}
    catalog = Catalog(locale="ja", project="bansou-lms", charset="utf-8", fuzzy=False)
    for text in texts:
        catalog.add(text, known.get(text) or fresh[text])
    with READINGS.open("wb") as file:
        write_po(file, catalog, width=0, no_location=True, omit_header=True)
    said = f"{len(texts)} texts, {len(fresh)} of them new. Read these through in {READINGS.name}."
    print(*fresh.values(), said, sep="\n")  # noqa: T201


if __name__ == "__main__":
    main()

"""Furigana for ordinary Japanese: the stored readings are whole, and the tool that makes new ones cuts words rightly."""

import re

import pytest

from lms.kernel.content import KANJI
from lms.kernel.furigana import NOTATION
from lms.kernel.i18n import readings
from translations.readings import PLACEHOLDER, Token, hiragana, japanese_texts, marked, with_readings, word


def test_every_japanese_text_has_its_readings_and_no_other_has():
    assert japanese_texts() - readings().keys() == set(), "run make readings, and read what is new"
    assert readings().keys() - japanese_texts() == set(), "run make readings"


def test_without_its_readings_every_text_is_the_text_itself():
    assert {text for text, read in readings().items() if NOTATION.sub(r"\1", read) != text} == set()


def test_placeholders_stand_outside_of_readings():
    beside = {text: PLACEHOLDER.findall(NOTATION.sub("", read)) for text, read in readings().items()}

    assert {text for text, found in beside.items() if found != PLACEHOLDER.findall(text)} == set()


def test_every_kanji_of_every_text_is_read_in_hiragana():
    unread = {read for read in readings().values() if re.search(f"[{KANJI}{{}}|]", NOTATION.sub("", read))}
    words = {found for read in readings().values() for found in NOTATION.findall(read)}

    assert unread == set()
    assert {(kanji, kana) for kanji, kana in words if not re.fullmatch("[ぁ-ゖー]+", kana)} == set()
    assert {(kanji, kana) for kanji, kana in words if not re.search(f"[{KANJI}]", kanji)} == set()


def test_words_neither_begin_nor_end_with_kana():
    words = {kanji for read in readings().values() for kanji, _ in NOTATION.findall(read)}

    assert {kanji for kanji in words if re.search("^[ぁ-ゖァ-ヺ]|[ぁ-ゖァ-ヺ]$", kanji)} == set()


@pytest.mark.parametrize(
    ("surface", "reading", "read"),
    [
        ("相談", "そうだん", "{相談|そうだん}"),
        ("見る", "みる", "{見|み}る"),
        ("受け取り", "うけとり", "{受|う}け{取|と}り"),
        ("お知らせ", "おしらせ", "お{知|し}らせ"),
        ("食べ物", "たべもの", "{食|た}べ{物|もの}"),
        ("その間", "そのあいだ", "その{間|あいだ}"),
        ("ゴミ箱", "ごみばこ", "ゴミ{箱|ばこ}"),
        ("人々", "ひとびと", "{人々|ひとびと}"),
        ("一ヶ月", "いっかげつ", "{一ヶ月|いっかげつ}"),
        ("ください", "ください", "ください"),
    ],
)
def test_a_reading_stands_over_kanji_only(surface, reading, read):
    assert word(surface, reading) == read


def test_readings_of_the_dictionary_come_in_katakana():
    assert hiragana("ソウダン・サーバー") == "そうだん・さーばー"


def test_nouns_of_kanji_grow_together_and_others_stand_alone():
    tokens = [
        Token("今", "いま"), Token("未", "み", "prefix"), Token("入力", "にゅうりょく", "noun"),
        Token("者", "しゃ", "suffix"), Token("待ち", "まち", "noun"), Token("は", "は"),
    ]  # fmt: skip

    assert marked(tokens, words={}) == "{今|いま}{未入力者|みにゅうりょくしゃ}{待|ま}ちは"


def test_our_own_words_win_the_longest_first_and_grow_no_further():
    tokens = [Token("伴走", "ともばし", "noun"), Token("支援", "しえん", "noun"), Token("講座", "こうざ", "noun")]
    words = {"伴走": "ばんそう", "伴走支援": "ばんそうしえん"}

    assert marked(tokens, words=words) == "{伴走支援|ばんそうしえん}{講座|こうざ}"


@pytest.mark.parametrize(("number", "read"), [("3", "3{分|ぷん}"), ("15", "15{分|ふん}"), ("20", "20{分|ぷん}")])
def test_minutes_sound_as_their_number_makes_them(number, read):
    assert marked([Token(number, number), Token("分", "ふん", "suffix")], words={}) == read


def test_placeholders_come_back_in_their_order():
    def letter_by_letter(text):
        return [Token(sign, {"人": "にん", "中": "ちゅう"}.get(sign, sign)) for sign in text]

    read = with_readings("%(all)d人中%(done)d人（%(share)s、%%）", tokens_of=letter_by_letter, words={})

    assert read == "%(all)d{人|にん}{中|ちゅう}%(done)d{人|にん}（%(share)s、%%）"

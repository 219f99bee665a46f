"""Words are found however they are typed; what a machine heard becomes captions that can be read."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.captions.markup import parse, plain, to_html
from courses.captions.search import fold, hits, is_too_short, searchable
from courses.captions.speech import LONGEST_MS, MOST_LETTERS, Word, cues_of, is_set_up, missing
from lms.kernel.settings import Settings


def found(typed, words):
    run = parse(typed).pieces
    return [plain(run)[start:end] for start, end in hits(run, fold(words))]


@pytest.mark.parametrize(
    ("typed", "words", "expected"),
    [
        ("{在留資格|ざいりゅうしかく}とは", "在留資格", ["在留資格"]),
        ("{在留資格|ざいりゅうしかく}とは", "ざいりゅう", ["在留資格"]),
        ("{在留資格|ざいりゅうしかく}とは", "ザイリュウ", ["在留資格"]),
        ("{在留資格|ざいりゅうしかく}とは", "かくとは", ["在留資格とは"]),
        ("ﾊﾟｽﾎﾟｰﾄを持つ", "パスポート", ["ﾊﾟｽﾎﾟｰﾄ"]),
        ("パスポートを持つ", "ﾊﾟｽﾎﾟｰﾄ", ["パスポート"]),
        ("ＶＩＳＡとvisa", "Visa", ["ＶＩＳＡ", "visa"]),
        ("在留 カード を 見ます", "在留カードを", ["在留 カード を"]),
        ("在留カードを", "在留　カード", ["在留カード"]),
        ("Tư cách lưu trú", "tu cach luu tru", ["Tư cách lưu trú"]),
        ("Đơn xin", "don", ["Đơn"]),
        ("¿Mañana?", "manana", ["Mañana"]),
        ("one  two\nthree", "one two three", ["one  two\nthree"]),
        ("㈱見本", "(株)", ["㈱"]),
        ("がっこう", "かっこう", []),
        ("abc", "", []),
    ],
)
def test_a_word_is_found_as_it_stands_in_the_text(typed, words, expected):
    assert found(typed, words) == expected


@given(st.text(max_size=30), st.text(max_size=3))
def test_what_is_found_on_a_page_is_found_in_the_database_too(typed, words):
    run, wanted = parse(typed).pieces, fold(words)

    assert bool(hits(run, wanted)) == bool(wanted and any(wanted in line for line in searchable(run).split("\n")))


def test_hits_are_marked_in_the_words_and_over_their_readings():
    run = parse("{在留資格|ざいりゅうしかく}と資格 <b>外</b>").pieces

    assert to_html(run, readings=True, marked=hits(run, fold("資格"))) == (
        "<ruby><mark>在留資格</mark><rp>（</rp><rt>ざいりゅうしかく</rt><rp>）</rp></ruby>と<mark>資格</mark> <em>外</em>"
    )
    assert to_html(run, readings=False, marked=hits(run, fold("資格"))) == (
        "在留<mark>資格</mark>と<mark>資格</mark> <em>外</em>"
    )


def test_one_letter_is_too_little_unless_it_is_a_kanji():
    assert [is_too_short(fold(words)) for words in ("a", "あ", "住", "ab")] == [True, True, False, False]


def heard(text, *, start=0, each=200):
    return [Word(start + n * each, start + (n + 1) * each, sign) for n, sign in enumerate(text)]


def test_a_machines_words_end_with_their_sentence_and_at_a_pause():
    words = heard("こんにちは。") + heard("今日は", start=1200) + heard("始めます", start=3000)

    assert [(c.start, c.end, plain(c.pieces)) for c in cues_of(words)] == [
        (0, 1200, "こんにちは。"),
        (1200, 1800, "今日は"),
        (3000, 3800, "始めます"),
    ]


@given(
    st.lists(
        st.tuples(st.integers(-300, 900), st.integers(0, 900), st.sampled_from(["あ", "いう、", "。", " ", "{a|b}"])),
        max_size=80,
    )
)
def test_whatever_a_machine_heard_can_be_read_and_saved(steps):
    words, here = [], 0
    for gap, length, text in steps:
        words.append(Word(max(here + gap, 0), max(here + gap, 0) + length, text))
        here = words[-1].end

    cues = cues_of(words)

    assert "".join(plain(c.pieces) for c in cues).replace(" ", "") == (
        "".join(word.text for word in words).replace(" ", "").replace("{", "｛")
    )
    assert all(before.end <= after.start for before, after in pairwise(cues))
    assert all(c.start < c.end and len(plain(c.pieces)) <= MOST_LETTERS for c in cues)


def test_a_folder_without_a_model_is_told_apart(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"")

    assert str(tmp_path / "tokenizer.json") in missing(tmp_path)
    assert str(tmp_path / "model.bin") not in missing(tmp_path)
    assert is_set_up(Settings(speech_model=tmp_path)) is False
    assert is_set_up(Settings()) is False


def test_nobody_must_look_at_a_caption_for_long():
    cues = cues_of(heard("あ" * 100, each=500))

    assert max(c.end - c.start for c in cues) <= LONGEST_MS

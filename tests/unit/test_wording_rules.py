"""Which message of the catalogue a reported sentence is."""

import pytest

from lms.wording.rules import message_of

CATALOGUE = {
    "Sign out": "ログアウト",
    "You have watched %(share)s of this lecture.": "この{講義|こうぎ}の%(share)sを{見|み}ました。",
    "Lectures": "講義",
    "All lectures": "すべての講義",
}


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ("ログアウト", "Sign out"),
        ("この講義の 20%を見ました。", "You have watched %(share)s of this lecture."),
        ("すべての講義", "All lectures"),
        ("講義", "Lectures"),
        ("すべて", "All lectures"),
        ("「ログアウト」です", "Sign out"),
        ("右上の「ログアウト」というボタンが変です", None),
        ("見つからない文", None),
    ],
)
def test_a_sentence_is_found_as_it_stands_on_the_page(sentence, message):
    assert message_of(sentence, messages=CATALOGUE.items()) == message


def test_an_empty_catalogue_knows_nothing():
    assert message_of("講義", messages=()) is None


def test_a_long_text_made_to_be_slow_is_not():
    three = [("low", "1は「%(low)s」、%(most)dは「%(high)s」です。")]
    hostile = "1は「" * 100 + "」、" * 100 + "は「" * 100

    assert message_of(hostile, messages=three * 1000) is None

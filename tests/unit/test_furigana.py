"""Readings over kanji: ruby where it can stand, brackets where people see plain text, nothing where machines read."""

import pytest

from lms.kernel.furigana import MARKS, borrowed, set_apart, with_readings_in_brackets, with_ruby, without_readings
from lms.web.forms import clean

RUBY = "<ruby>漢字<rp>（</rp><rt>かんじ</rt><rp>）</rp></ruby>"


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        ("<p>{漢字|かんじ}です</p>", f"<p>{RUBY}です</p>"),
        ("<title>{漢字|かんじ}</title>", "<title>漢字</title>"),
        ('<nav aria-label="{漢字|かんじ}">', '<nav aria-label="漢字">'),
        ("<option>{漢字|かんじ}</option>", "<option>漢字（かんじ）</option>"),
        ('<button data-confirm="{漢字|かんじ}">', '<button data-confirm="漢字（かんじ）">'),
        ('<script>"{漢字|かんじ}"</script>', f'<script>"{MARKS[0]}漢字{MARKS[1]}かんじ{MARKS[2]}"</script>'),
    ],
)
def test_a_reading_becomes_what_can_stand_there(page, seen):
    assert with_ruby(set_apart(page)) == seen


def test_readings_that_are_not_wanted_leave_nothing_behind():
    page = set_apart('<p>{漢字|かんじ}</p><button data-confirm="{漢字|かんじ}">')

    assert with_ruby(page, shown=False) == '<p>漢字</p><button data-confirm="漢字">'


def test_plain_text_has_them_in_brackets_or_not_at_all():
    assert with_readings_in_brackets(set_apart("{漢字|かんじ}です")) == "漢字（かんじ）です"
    assert without_readings(set_apart("{漢字|かんじ}です")) == "漢字です"


def test_what_somebody_typed_is_no_reading_whatever_it_looks_like():
    typed = '<p>{賛成|反対}</p><input value="pass{a|b}word"><option value="{a|b}">'

    assert (with_ruby(typed), with_ruby(typed, shown=False)) == (typed, typed)
    assert without_readings(typed) == with_readings_in_brackets(typed) == typed


def test_the_marks_of_a_reading_cannot_be_typed():
    assert clean(f"a{MARKS}b") == "ab"


def test_a_borrowed_text_says_on_the_page_which_language_it_is_in():
    text = borrowed("在留資格", tag="ja")

    assert with_ruby(f"<p>{text}</p>", shown=False) == '<p><span lang="ja" dir="auto">在留資格</span></p>'
    assert with_ruby(f'<img alt="{text}">') == '<img alt="在留資格">'
    assert with_readings_in_brackets(text) == "在留資格"

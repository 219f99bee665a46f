"""How values are shown."""

import pytest

from lms.web.filters import megabytes, minutes, with_readings_in_brackets, with_ruby, without_readings
from lms.web.security import local_target

RUBY = "<ruby>漢字<rp>（</rp><rt>かんじ</rt><rp>）</rp></ruby>"


def test_a_reading_becomes_ruby_in_text_and_vanishes_where_none_can_stand():
    page = '<title>{漢字|かんじ}</title><p class="a" aria-label="{漢字|かんじ}">{漢字|かんじ}です</p><option>{漢字|かんじ}</option>'

    assert (
        with_ruby(page)
        == f'<title>漢字</title><p class="a" aria-label="漢字">{RUBY}です</p><option>漢字（かんじ）</option>'
    )


def test_what_somebody_typed_is_left_alone():
    page = "<textarea>\n{漢字|かんじ}</textarea>"

    assert with_ruby(page) == page


def test_readings_in_mails():
    assert with_readings_in_brackets("{漢字|かんじ}です") == "漢字（かんじ）です"
    assert without_readings("{漢字|かんじ}です") == "漢字です"


def test_lengths_and_sizes():
    assert [minutes(ms) for ms in (999, 61_000, 3_723_000)] == ["0:00", "1:01", "1:02:03"]
    assert megabytes(1_250_000) == "1.2 MB"


def test_only_a_path_on_this_site_is_a_target():
    good = ["/", "/courses/basic-2?x=1"]
    bad = ["", None, "https://evil.example", "//evil.example", "/\\evil.example", "/a\nb", "courses"]

    assert [local_target(t) for t in good] == good
    assert [local_target(t) for t in bad] == [None] * len(bad)


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        ("<option>{郵便|ゆうびん}</option>", "<option>郵便（ゆうびん）</option>"),
        ('<button data-confirm="{送|おく}りますか">', '<button data-confirm="送（おく）りますか">'),
        ('<nav aria-label="{講義|こうぎ}">', '<nav aria-label="講義">'),
        ("<textarea>{講義|こうぎ}</textarea>", "<textarea>{講義|こうぎ}</textarea>"),
    ],
)
def test_where_no_ruby_can_stand_people_see_the_reading_in_brackets(page, seen):
    assert with_ruby(page) == seen


def test_readings_that_are_not_wanted_leave_nothing_behind():
    page = '<p>{講義|こうぎ}</p><button data-confirm="{送|おく}りますか"><textarea>{a|あ}</textarea>'

    assert with_ruby(page, shown=False) == '<p>講義</p><button data-confirm="送りますか"><textarea>{a|あ}</textarea>'

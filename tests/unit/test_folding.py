"""Names are compared however they are typed."""

import pytest

from lms.kernel.folding import without_spaces


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("山田 太郎", "山田太郎"),
        ("ミホン タロウ", "みほんたろう"),
        ("ﾀﾞﾝ", "だん"),
        ("Ｎｇｕｙễｎ Thị Đào", "nguyen thi dao"),
        ("José", "JOSE"),
    ],
)
def test_two_ways_of_typing_a_name_are_one(one, other):
    assert without_spaces(one) == without_spaces(other)


@pytest.mark.parametrize(("one", "other"), [("かき", "がき"), ("ハン", "パン"), ("山田", "山本")])
def test_two_names_stay_two(one, other):
    assert without_spaces(one) != without_spaces(other)

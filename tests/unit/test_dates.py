"""Furigana on days and times."""

import re
from datetime import date, time, timedelta

import pytest
from babel.dates import format_date, format_time

from lms.kernel.content import KANJI
from lms.kernel.furigana import NOTATION
from lms.web.dates import marked, minutes_counter


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026年11月1日(日)", "2026{年|ねん}11{月|がつ}{1日|ついたち}({日|にち})"),
        ("2026年11月22日（日曜日）", "2026{年|ねん}11{月|がつ}22{日|にち}（{日曜日|にちようび}）"),
        ("2027年4月2日金曜日", "2027{年|ねん}{4月|しがつ}{2日|ふつか}{金曜日|きんようび}"),
        ("7月3日(土)", "{7月|しちがつ}{3日|みっか}({土|ど})"),
        ("9月4日", "{9月|くがつ}{4日|よっか}"),
        ("5月5日(月)", "5{月|がつ}{5日|いつか}({月|げつ})"),
        ("6月6日", "6{月|がつ}{6日|むいか}"),
        ("8月7日", "8{月|がつ}{7日|なのか}"),
        ("1月8日", "1{月|がつ}{8日|ようか}"),
        ("2月9日(火)", "2{月|がつ}{9日|ここのか}({火|か})"),
        ("3月10日(水)", "3{月|がつ}{10日|とおか}({水|すい})"),
        ("10月11日(木)", "10{月|がつ}11{日|にち}({木|もく})"),
        ("12月14日", "12{月|がつ}{14日|じゅうよっか}"),
        ("12月19日", "12{月|がつ}19{日|にち}"),
        ("12月20日", "12{月|がつ}{20日|はつか}"),
        ("12月24日(金)", "12{月|がつ}{24日|にじゅうよっか}({金|きん})"),
        ("12月31日", "12{月|がつ}31{日|にち}"),
        ("1月1日日曜日 14:05", "1{月|がつ}{1日|ついたち}{日曜日|にちようび} 14:05"),
        ("午前0時0分", "{午前|ごぜん}{0時|れいじ}0{分|ふん}"),
        ("午前4時1分", "{午前|ごぜん}{4時|よじ}1{分|ぷん}"),
        ("午前7時30分", "{午前|ごぜん}{7時|しちじ}30{分|ぷん}"),
        ("午前9時15分", "{午前|ごぜん}{9時|くじ}15{分|ふん}"),
        ("午後2時58分", "{午後|ごご}2{時|じ}58{分|ぷん}"),
        ("14時7分", "{14時|じゅうよじ}7{分|ふん}"),
        ("17時", "{17時|じゅうしちじ}"),
        ("19時3分12秒", "{19時|じゅうくじ}3{分|ぷん}12{秒|びょう}"),
        ("20時", "20{時|じ}"),
        ("木曜日", "{木曜日|もくようび}"),
    ],
)
def test_a_date_or_a_time_with_its_readings(text, read):
    assert marked(text) == read


def test_what_is_no_date_stays_as_it_is():
    for text in ("", "Sunday 22 November 2026", "14:05", "見本 花子"):
        assert marked(text) == text


def test_minutes_sound_as_their_last_digit_makes_them():
    assert "".join(str(n) for n in range(1, 11) if minutes_counter(n) == "ぷん") == "1346810"


def test_every_day_and_minute_that_babel_writes_is_read_whole_and_otherwise_unchanged():
    days = [date(2027, 1, 1) + timedelta(days=n) for n in range(366)]
    written = [format_date(day, "y年M月d日(E)", locale="ja") for day in days]
    written += [format_date(day, "full", locale="ja") for day in days]
    written += [format_time(time(n // 60, n % 60), "ah時m分", locale="ja") for n in range(24 * 60)]

    assert [text for text in written if NOTATION.sub(r"\1", marked(text)) != text] == []
    assert [text for text in written if re.search(f"[{KANJI}]", NOTATION.sub("", marked(text)))] == []

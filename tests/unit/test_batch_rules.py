"""What the proof sheet of a batch finds in names and addresses."""

import pytest

from lms.memoranda.batches.postcodes import postcodes
from lms.memoranda.batches.rules import (
    Code,
    Envelope,
    Place,
    Severity,
    findings,
    households,
    same_address,
    unanswered,
)

KNOWN = postcodes()
UENO = ("東京都台東区東上野1-12-6", "見本荘101号室")


def envelope(*lines, postal_code="110-0015", **given):
    return Envelope(
        **{
            "memorandum_id": 1,
            "number": "2026-00001-1",
            "name": "見本 花子",
            "postal_code": postal_code,
            "lines": lines or UENO,
            "has_papers": True,
            "places": KNOWN.places_of(postal_code) if postal_code else (),
            "unprintable": "",
            "made_for": "a",
            "receiver": "a",
        }
        | given
    )


def found(*lines, household=(), **given):
    return findings(envelope(*lines, **given), household=household, prefectures=KNOWN.prefectures)


def codes(*lines, **given):
    return [finding.code for finding in found(*lines, **given)]


def test_the_list_of_postcodes_is_whole():
    assert len(KNOWN.prefectures) == 47
    assert len(KNOWN) > 140_000


@pytest.mark.parametrize(
    ("postal_code", "places"),
    [
        ("110-0015", (Place("東京都", "台東区"),)),
        ("060-8621", (Place("北海道", "札幌市中央区"),)),
        ("498-0000", (Place("三重県", "桑名郡木曽岬町"), Place("愛知県", "弥富市"))),
        ("000-0000", ()),
        ("999-9999", ()),
    ],
)
def test_a_postcode_tells_its_places(postal_code, places):
    assert KNOWN.places_of(postal_code) == places


def test_a_whole_address_has_nothing_to_be_asked():
    assert codes() == []


def test_without_an_address_nothing_else_is_asked():
    assert codes(postal_code=None) == [Code.ADDRESS_MISSING]


def test_papers_that_are_not_made_yet_block():
    assert [(f.code, f.severity) for f in found(has_papers=False)] == [(Code.PAPERS_MISSING, Severity.BLOCKS)]


def test_a_postcode_that_does_not_exist_is_asked():
    assert [(f.code, f.about) for f in found(*UENO, postal_code="000-0000")] == [(Code.UNKNOWN_POSTCODE, "000-0000")]


@pytest.mark.parametrize(
    ("postal_code", "line", "expected"),
    [
        ("110-0015", "東京都台東区東上野1-12-6", []),
        ("110-0015", "台東区東上野1-12-6", []),
        ("110-0015", "東京都 台東区 東上野 1-12-6", []),
        ("110-0015", "大阪府大阪市北区梅田1-1", [Code.PREFECTURE_DIFFERS]),
        ("110-0015", "新宿区西新宿2-8-1", [Code.PREFECTURE_DIFFERS]),
        ("110-0015", "東京都新宿区西新宿2-8-1", [Code.CITY_DIFFERS]),
        ("110-0015", "1-12-6 Higashi-Ueno, Taito-ku, Tokyo", []),
        ("498-0000", "愛知県弥富市鍋田町1", []),
        ("498-0000", "三重県木曽岬町和泉1", []),
        ("443-0021", "愛知県蒲郡市三谷町1", []),
        ("252-0344", "神奈川県相模原市南区古淵3-10", []),
        ("399-0781", "長野県塩尻市広丘吉田1", []),
    ],
)
def test_postcode_and_address_are_compared(postal_code, line, expected):
    assert codes(line, postal_code=postal_code) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("東京都台東区東上野1-12-6",), []),
        (("東京都台東区東上野一丁目十二番",), []),
        (("北海道札幌市中央区旭ケ丘番外地",), []),
        (("東京都台東区東上野",), [Code.MISSING_NUMBER]),
        (("東京都台東区東上野1-12-6", "見本荘"), [Code.MISSING_ROOM]),
        (("東京都台東区東上野1-12-6 メゾン上野",), [Code.MISSING_ROOM]),
        (("東京都台東区東上野1-12-6 メゾン上野101",), []),
        (("東京都台東区東上野1-12-6", "メゾン上野一〇一号"), []),
        (("東京都台東区東上野1-12-6", "ひまわりの家"), [Code.MISSING_ROOM]),
        (("東京都台東区東上野1-12-6", "グエン様方"), []),
        (("東京都台東区東上野1-12-6", "見本会館内"), []),
        (("東京都台東区東上野1-12-6", "101 Sunshine Heights"), []),
        (("東京都台東区東上野1-12-6", "Sunshine Heights"), [Code.MISSING_ROOM]),
    ],
)
def test_a_house_or_room_without_a_number_is_asked(lines, expected):
    where = {"postal_code": "064-0941"} if lines[0].startswith("北海道") else {}

    assert codes(*lines, **where) == expected


def test_signs_that_cannot_be_printed_are_named():
    assert [(f.code, f.about) for f in found(unprintable="ကို")] == [(Code.NOT_PRINTABLE, "က ိ ု")]


def test_a_line_too_long_for_the_window_is_only_told():
    line = "東京都台東区東上野1-12-6" + "見本" * 10

    assert [(f.code, f.severity) for f in found(line, "101")] == [(Code.OVERLONG, Severity.NOTE)]


def test_two_people_at_one_address_are_told_of_each_other():
    homes = households(
        {
            "A": ("110-0015", UENO),
            "B": ("110-0015", ("東京都台東区東上野１丁目１２番６号 見本荘１０１",)),
            "C": ("110-0015", ("東京都台東区東上野1-12-6", "見本荘102号室")),
        }
    )

    assert homes == {"A": ("B",), "B": ("A",)}
    assert [(f.code, f.about) for f in found(household=("B", "C"))] == [(Code.HOUSEHOLD, "B, C")]


def test_one_address_is_written_in_many_ways():
    ways = (
        "上野1-2-3 見本荘101",
        "上野１－２－３　見本荘１０１号室",
        "上野1丁目2番3号見本荘101",
        "上野1丁目2番地の3 見本荘101",
    )

    assert {same_address([way]) for way in ways} == {"上野1-2-3見本荘101"}


def test_an_answer_holds_for_the_address_it_was_given_for():
    before = found(*UENO, postal_code="000-0000")
    accepted = frozenset(finding.key for finding in before)

    after = found(*UENO, postal_code="000-0000", receiver="b", made_for="b")

    assert unanswered(before, accepted) == []
    assert unanswered(after, accepted) == after


def test_what_blocks_cannot_be_accepted_and_a_note_needs_no_answer():
    blocking = found(has_papers=False)
    note = found(household=("B",))

    assert unanswered(blocking, frozenset(finding.key for finding in blocking)) == blocking
    assert unanswered(note, frozenset()) == []


def test_a_changed_address_is_looked_at_again():
    assert codes(made_for="a", receiver="b") == [Code.CHANGED_SINCE]

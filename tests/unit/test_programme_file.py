"""Lectures and programmes as data: what a good file gives, and what each fault is called."""

import json
from datetime import date
from pathlib import Path

import pytest

import courses
from courses.programme_file import (
    Exemption,
    LectureEntry,
    Lectures,
    NotViewable,
    ProgrammeEntry,
    Rate,
    SeriesEntry,
    read_lectures,
    read_programme,
)
from courses.rules import Confirmation, Earlier
from lms.kernel.content import ContentError
from lms.kernel.i18n import language, offered

CONTENT = Path(courses.__path__[0], "content")
LOCALES = ("ja@easy", "en")
LANGUAGES = [language(code) for code in LOCALES]

LECTURES = """\
[[series]]
code = "basic"
title = { en = "Basic course", "ja@easy" = "{基礎編|きそへん}" }
label = { en = "Basic", "ja@easy" = "{基礎|きそ}" }

[[lecture]]
code = "basic-1"
series = "basic"
number = 1
title = { en = "Casework", "ja@easy" = "ケースワーク" }
[lecture.summary]
en = "Learn to listen."
"ja@easy" = "{聞|き}きます。"

[[lecture]]
code = "basic-2"
series = "basic"
number = 2
title.en = "Status"
title."ja@easy" = "{資格|しかく}"
summary.en = "Learn the rules."
summary."ja@easy" = "{学|まな}びます。"
"""

PROGRAMME = """\
code = "sample"
title = { en = "Sample", "ja@easy" = "{見本|みほん}" }
first_day = 2023-07-10
last_day = 2026-02-28
required = ["basic-1",
            "basic-2"]
confirmation = "by_person"
claim_within_months = 1

[[exemption]]
lecture = "basic-2"
first = 2023-07-10
last = 2024-03-31
reason = { en = "Not yet.", "ja@easy" = "まだです。" }

[[not_viewable]]
lecture = "basic-2"
years = [2023]
reason = { en = "Not yet.", "ja@easy" = "まだです。" }

[require_watched]
basic-1 = 0.8
"""
HONORARIUM = """
[[honorarium]]
minutes_from = 60
yen = 4000
"""
PROGRAMME += HONORARIUM


def write(folder, text):
    file = folder / "file.toml"
    file.write_text(text, encoding="utf-8")
    return file


def lectures_from(folder, text=LECTURES):
    return read_lectures(write(folder, text), languages=LANGUAGES)


def programme_from(folder, text=PROGRAMME):
    return read_programme(write(folder, text), languages=LANGUAGES, lectures=("basic-1", "basic-2", "advanced-1"))


def test_lectures_are_read_with_their_texts_in_the_order_of_the_languages(tmp_path):
    assert lectures_from(tmp_path) == Lectures(
        series=(
            SeriesEntry(
                code="basic",
                title={"ja@easy": "{基礎編|きそへん}", "en": "Basic course"},
                label={"ja@easy": "{基礎|きそ}", "en": "Basic"},
            ),
        ),
        lectures=(
            LectureEntry(
                code="basic-1",
                series="basic",
                number=1,
                title={"ja@easy": "ケースワーク", "en": "Casework"},
                summary={"ja@easy": "{聞|き}きます。", "en": "Learn to listen."},
            ),
            LectureEntry(
                code="basic-2",
                series="basic",
                number=2,
                title={"ja@easy": "{資格|しかく}", "en": "Status"},
                summary={"ja@easy": "{学|まな}びます。", "en": "Learn the rules."},
            ),
        ),
    )
    assert list(lectures_from(tmp_path).lectures[0].title) == list(LOCALES)


def test_a_programme_is_read_with_its_dates_and_exceptions(tmp_path):
    not_yet = {"ja@easy": "まだです。", "en": "Not yet."}

    assert programme_from(tmp_path) == ProgrammeEntry(
        code="sample",
        title={"ja@easy": "{見本|みほん}", "en": "Sample"},
        first_day=date(2023, 7, 10),
        last_day=date(2026, 2, 28),
        required=("basic-1", "basic-2"),
        confirmation=Confirmation.BY_PERSON,
        exemptions=(Exemption(lecture="basic-2", first=date(2023, 7, 10), last=date(2024, 3, 31), reason=not_yet),),
        not_viewable=(NotViewable(lecture="basic-2", first=date(2023, 4, 1), last=date(2024, 3, 31), reason=not_yet),),
        require_watched={"basic-1": 0.8},
        honorarium=(Rate(minutes_from=60, yen=4000),),
        claim_within_months=1,
        earlier=Earlier.AGAIN,
    )


def test_a_programme_needs_neither_exemptions_nor_lectures_that_cannot_be_watched(tmp_path):
    plain = PROGRAMME.partition("[[exemption]]")[0].replace("by_person", "on_submission") + HONORARIUM

    programme = programme_from(tmp_path, plain)

    assert programme.confirmation == Confirmation.ON_SUBMISSION
    assert (programme.exemptions, programme.not_viewable, programme.require_watched) == ((), (), {})


# What is written, what is written instead, and the line and the problem to be named.
LECTURE_FAULTS = [
    ("[[series]]", "[series]", 1, "'series' must be an array"),
    ('[[series]]\ncode = "basic"\n', "[[series]]\n", 1, "'code' is missing"),
    ('code = "basic-1"', "code = 1", 7, "'code' must be a text"),
    ('code = "basic-1"', 'code = ["basic-1"]', 7, "'code' must be a text"),
    ('code = "basic-1"', 'code = "Basic 1"', 7, "'code' must be lower-case words joined by hyphens, not 'Basic 1'"),
    ('code = "basic-2"', 'code = "basic-1"', 16, "code 'basic-1' is already in line 7"),
    (
        "[[lecture]]\ncode",
        '[[series]]\ncode = "basic"\n\n[[lecture]]\ncode',
        7,
        "code 'basic' is already in line 2",
    ),
    ('series = "basic"', 'series = "basics"', 8, "unknown series 'basics', known are 'basic'"),
    ("number = 1", "number = 0", 9, "'number' must be from 1 to 99, not 0"),
    ("number = 1", "number = true", 9, "'number' must be a whole number"),
    ("number = 1", 'number = "1"', 9, "'number' must be a whole number"),
    ("number = 2", "number = 1", 18, "number '1' is already in line 9"),
    ("number = 1", "nummer = 1", 9, "unknown key 'nummer', known are 'code', 'series', 'number', 'title', 'summary'"),
    ("number = 1\n", "", 6, "'number' is missing"),
    ("[[series]]", "colour = 1\n[[series]]", 1, "unknown key 'colour', known are 'series', 'lecture'"),
    ('title.en = "Status"\n', "", 19, "'title' is missing in the language 'en'"),
    ('en = "Learn to listen."\n', "", 11, "'summary' is missing in the language 'en'"),
    ('en = "Learn to listen."', 'en = ""', 12, "the text in the language 'en' is empty"),
    ('en = "Learn to listen."', "en = 1", 12, "'en' must be a text"),
    (
        'summary.en = "Learn the rules."',
        'summary.en = "Learn the rules."\nsummary.fr = "Apprendre."',
        22,
        "'summary' is in unknown language 'fr', known are 'ja@easy', 'en'",
    ),
    ('title.en = "Status"\ntitle."ja@easy" = "{資格|しかく}"', 'title = "Status"', 19, "'title' must be a table"),
    ("{資格|しかく}", "資格", 20, "the text in the language 'ja@easy' has no reading for '資格'"),
    ("{学|まな}", "{学|まな", 22, "the text in the language 'ja@easy' has a broken reading near '{学|まなびます。'"),
    ("Learn the rules.", "{Learn}", 21, "the text in the language 'en' has a '{', kept for readings in 'ja@easy'"),
    ("number = 2", "number = ", 18, "is not TOML: Invalid value"),
]


@pytest.mark.parametrize(("written", "instead", "line", "problem"), LECTURE_FAULTS)
def test_a_fault_in_the_lectures_is_named_with_its_line(tmp_path, written, instead, line, problem):
    assert written in LECTURES

    with pytest.raises(ContentError) as caught:
        lectures_from(tmp_path, LECTURES.replace(written, instead, 1))

    assert str(caught.value) == f"{tmp_path / 'file.toml'}:{line}: {problem}"


PROGRAMME_FAULTS = [
    ('code = "sample"\n', "", 1, "'code' is missing"),
    ("first_day = 2023-07-10\n", "", 1, "'first_day' is missing"),
    (
        "first_day = 2023-07-10",
        'first_day = "2023-07-10"',
        3,
        "'first_day' must be a day such as 2023-07-10, without quotes",
    ),
    (
        "first_day = 2023-07-10",
        "first_day = 2023-07-10T00:00:00",
        3,
        "'first_day' must be a day such as 2023-07-10, without quotes",
    ),
    ("last_day = 2026-02-28", "last_day = 2023-02-28", 4, "'last_day' 2023-02-28 is before 'first_day' 2023-07-10"),
    (
        '            "basic-2"]',
        '            "basic-9"]',
        6,
        "unknown required 'basic-9', known are 'basic-1', 'basic-2', 'advanced-1'",
    ),
    ('            "basic-2"]', '            "basic-1"]', 6, "required 'basic-1' is already in line 5"),
    ('            "basic-2"]', "            2]", 6, "'required' must be a text"),
    ("by_person", "by_magic", 7, "unknown confirmation 'by_magic', known are 'by_person', 'on_submission'"),
    ("[[exemption]]", "[exemption]", 10, "'exemption' must be an array"),
    (
        'lecture = "basic-2"',
        'lecture = "basic-9"',
        11,
        "unknown lecture 'basic-9', known are 'basic-1', 'basic-2', 'advanced-1'",
    ),
    (
        'lecture = "basic-2"',
        'lecture = "advanced-1"',
        11,
        "'advanced-1' is not required, so there is nothing to exempt from",
    ),
    ("last = 2024-03-31", "last = 2023-03-31", 13, "'last' 2023-03-31 is before 'first' 2023-07-10"),
    (
        "first = 2023-07-10",
        "first = 2023-04-01",
        12,
        "'first' 2023-04-01 is outside the programme, 2023-07-10 to 2026-02-28",
    ),
    (
        "last = 2024-03-31",
        "last = 2026-03-31",
        13,
        "'last' 2026-03-31 is outside the programme, 2023-07-10 to 2026-02-28",
    ),
    ("years = [2023]", "years = [2022]", 18, "'years' must be from 2023 to 2025, not 2022"),
    ("years = [2023]", "years = [2024,\n 2026]", 19, "'years' must be from 2023 to 2025, not 2026"),
    (
        "years = [2023]",
        "years = [2023, 2023]",
        18,
        "'basic-2' is already not viewable from 2023-04-01 to 2024-03-31",
    ),
    ("years = [2023]", "first = 2023-09-30\nlast = 2023-09-01", 19, "'last' 2023-09-01 is before 'first' 2023-09-30"),
    (
        "years = [2023]",
        "years = [2023]\nfirst = 2023-09-01",
        19,
        "unknown key 'first', known are 'lecture', 'years', 'reason'",
    ),
    ('"by_person"', '"by_person"\nearlier = "all"', 8, "unknown earlier 'all', known are 'again', 'nothing'"),
    ("years = [2023]", "years = []", 18, "'years' must have at least 1, not 0"),
    ("years = [2023]", "years = 2023", 18, "'years' must be an array"),
    ("basic-1 = 0.8", "basic-9 = 0.8", 22, "unknown key 'basic-9', known are 'basic-1', 'basic-2', 'advanced-1'"),
    ("basic-1 = 0.8", "basic-1 = 80.0", 22, "'basic-1' must be above 0.0 and at most 1.0, not 80.0"),
    ("basic-1 = 0.8", "basic-1 = 1", 22, "'basic-1' must be a number with a decimal point"),
]


@pytest.mark.parametrize(("written", "instead", "line", "problem"), PROGRAMME_FAULTS)
def test_a_fault_in_a_programme_is_named_with_its_line(tmp_path, written, instead, line, problem):
    assert written in PROGRAMME

    with pytest.raises(ContentError) as caught:
        programme_from(tmp_path, PROGRAMME.replace(written, instead, 1))

    assert str(caught.value) == f"{tmp_path / 'file.toml'}:{line}: {problem}"


def test_two_reasons_why_a_lecture_cannot_be_watched_in_one_year_are_refused(tmp_path):
    again = '[[not_viewable]]\nlecture = "basic-2"\nyears = [2024, 2023]\nreason = {en = "No", "ja@easy" = "いいえ" }\n'

    with pytest.raises(ContentError) as caught:
        programme_from(tmp_path, PROGRAMME + again)

    assert (caught.value.line, caught.value.problem) == (
        29,
        "'basic-2' is already not viewable from 2023-04-01 to 2024-03-31",
    )


def test_a_lecture_can_be_hidden_from_day_to_day(tmp_path):
    days = PROGRAMME.replace("years = [2023]", "first = 2023-09-01\nlast = 2023-09-30")

    [found] = programme_from(tmp_path, days).not_viewable

    assert (found.first, found.last) == (date(2023, 9, 1), date(2023, 9, 30))


def test_a_programme_that_would_qualify_everybody_is_refused(tmp_path):
    alone = PROGRAMME.replace('["basic-1",\n            "basic-2"]', '["basic-2"]')

    with pytest.raises(ContentError) as caught:
        programme_from(tmp_path, alone)

    assert caught.value.problem == "no survey is required on 2023-07-10: everybody would qualify"


def test_what_a_version_keeps_is_read_back_whole(tmp_path):
    programme = programme_from(tmp_path)

    assert ProgrammeEntry.from_json("sample", json.loads(json.dumps(programme.to_json()))) == programme


def test_the_shipped_lectures_are_the_nine_of_the_programme_in_every_offered_language():
    lectures = read_lectures(CONTENT / "lectures.toml", languages=offered())

    assert [(entry.code, entry.title["ja"], entry.label["ja"]) for entry in lectures.series] == [
        ("basic", "基礎編", "基礎"),
        ("advanced", "応用編", "応用"),
    ]
    assert [(entry.code, entry.series, entry.number, entry.title["ja"]) for entry in lectures.lectures] == [
        ("basic-1", "basic", 1, "ケースワーク"),
        ("basic-2", "basic", 2, "在留資格"),
        ("basic-3", "basic", 3, "労働問題"),
        ("basic-4", "basic", 4, "医療・社会保障"),
        ("basic-5", "basic", 5, "子ども・若者"),
        ("advanced-1", "advanced", 1, "技能実習生への支援"),
        ("advanced-2", "advanced", 2, "DV被害女性・母子への支援"),
        ("advanced-3", "advanced", 3, "難民への支援"),
        ("advanced-4", "advanced", 4, "非正規滞在者への支援"),
    ]


def test_the_shipped_programme_has_the_dates_and_the_exemption_of_its_first_year():
    lectures = read_lectures(CONTENT / "lectures.toml", languages=offered())

    programme = read_programme(
        CONTENT / "programmes" / "new-migration-era-2023.toml", languages=offered(), lectures=lectures.codes
    )

    assert programme.title["ja"] == "「新移民時代型」支援ネットワーク構築事業"
    assert (programme.first_day, programme.last_day) == (date(2023, 7, 10), date(2026, 2, 28))
    assert programme.required == ("basic-1", "basic-2", "basic-3", "basic-4", "basic-5")
    assert programme.confirmation == Confirmation.BY_PERSON
    assert [(entry.lecture, entry.first, entry.last) for entry in programme.exemptions] == [
        ("basic-5", date(2023, 7, 10), date(2024, 3, 31))
    ]
    assert [(n.lecture, n.first, n.last, n.reason["ja"]) for n in programme.not_viewable] == [
        ("basic-5", date(2023, 4, 1), date(2024, 3, 31), "事情により視聴不可")
    ]
    assert programme.require_watched == {}


def test_the_programme_of_the_demonstration_says_that_it_is_a_sample():
    lectures = read_lectures(CONTENT / "lectures.toml", languages=offered())
    demo = Path(courses.__path__[0]).parent / "lms" / "demo" / "content" / "programmes" / "successor-2026.toml"

    programme = read_programme(demo, languages=offered(), lectures=lectures.codes)

    assert "見本" in programme.title["ja"]
    assert (programme.first_day, programme.last_day) == (date(2026, 4, 1), date(2029, 3, 31))
    assert (programme.exemptions, programme.not_viewable) == ((), ())

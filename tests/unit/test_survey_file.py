"""Surveys as data: what good files give, what each fault is called, and the way to the database and back."""

import json
from pathlib import Path

import pytest

import courses
import surveys
from courses.programme_file import read_lectures
from lms.kernel.content import ContentError
from lms.kernel.i18n import language, offered
from surveys.survey_file import Kind, OptionEntry, QuestionEntry, SurveyEntry, read_surveys

CONTENT = Path(surveys.__path__[0], "content")
LOCALES = ("ja@easy", "en")
LANGUAGES = [language(code) for code in LOCALES]
LECTURES = ("basic-1", "basic-2")

COMMON = """\
[[question]]
code = "understanding"
kind = "scale"
required = true
steps = 5
text = { en = "How well?", "ja@easy" = "どのくらい ですか。" }
low = { en = "Hardly", "ja@easy" = "すこし" }
high = { en = "Well", "ja@easy" = "よく" }
"""

SURVEY = """\
lecture = "basic-1"

[[question]]
use = "understanding"

[[question]]
code = "useful"
kind = "many"
required = false
at_most = 2
text = { en = "What was useful?", "ja@easy" = "{何|なに}が よかったですか。" }
options = [
  { code = "listening", text = { en = "Listening", "ja@easy" = "{聞|き}く こと" } },
  { code = "privacy", text = { en = "Privacy", "ja@easy" = "{秘密|ひみつ}" } },
]

[[question]]
code = "mood"
kind = "one"
required = false
text = { en = "How do you feel?", "ja@easy" = "どうですか。" }
[[question.options]]
code = "good"
text = { en = "Good", "ja@easy" = "いい" }
[[question.options]]
code = "tired"
text = { en = "Tired", "ja@easy" = "つかれた" }

[[question]]
code = "learned"
kind = "long"
required = true
max_length = 2000
text = { en = "What did you learn?", "ja@easy" = "{何|なに}を {学|まな}びましたか。" }
hint = { en = "A few words.", "ja@easy" = "{短|みじか}く" }
"""

UNDERSTANDING = QuestionEntry(
    code="understanding",
    kind=Kind.SCALE,
    required=True,
    steps=5,
    text={"ja@easy": "どのくらい ですか。", "en": "How well?"},
    low={"ja@easy": "すこし", "en": "Hardly"},
    high={"ja@easy": "よく", "en": "Well"},
)
USEFUL = QuestionEntry(
    code="useful",
    kind=Kind.MANY,
    required=False,
    at_most=2,
    text={"ja@easy": "{何|なに}が よかったですか。", "en": "What was useful?"},
    options=(
        OptionEntry(code="listening", text={"ja@easy": "{聞|き}く こと", "en": "Listening"}),
        OptionEntry(code="privacy", text={"ja@easy": "{秘密|ひみつ}", "en": "Privacy"}),
    ),
)
MOOD = QuestionEntry(
    code="mood",
    kind=Kind.ONE,
    required=False,
    text={"ja@easy": "どうですか。", "en": "How do you feel?"},
    options=(
        OptionEntry(code="good", text={"ja@easy": "いい", "en": "Good"}),
        OptionEntry(code="tired", text={"ja@easy": "つかれた", "en": "Tired"}),
    ),
)
LEARNED = QuestionEntry(
    code="learned",
    kind=Kind.LONG,
    required=True,
    max_length=2000,
    text={"ja@easy": "{何|なに}を {学|まな}びましたか。", "en": "What did you learn?"},
    hint={"ja@easy": "{短|みじか}く", "en": "A few words."},
)


def surveys_from(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return read_surveys(folder, languages=LANGUAGES, lectures=LECTURES)


def test_a_survey_has_its_questions_in_order_and_the_shared_ones_where_it_uses_them(tmp_path):
    found = surveys_from(tmp_path, common=COMMON, first=SURVEY)

    assert found == [SurveyEntry(lecture="basic-1", questions=(UNDERSTANDING, USEFUL, MOOD, LEARNED))]


def test_surveys_come_by_file_name(tmp_path):
    plain = SURVEY.replace(
        'use = "understanding"', 'code = "q"\nkind = "short"\nrequired = true\ntext.en = "Q"\ntext."ja@easy" = "Q"'
    )

    found = surveys_from(tmp_path, b=plain, a=plain.replace("basic-1", "basic-2"))

    assert [survey.lecture for survey in found] == ["basic-2", "basic-1"]


def test_a_survey_survives_the_way_to_the_database_and_back(tmp_path):
    [survey] = surveys_from(tmp_path, common=COMMON, first=SURVEY)

    stored = json.loads(json.dumps(survey.as_json()))

    assert SurveyEntry.from_json(stored) == survey
    assert SurveyEntry.from_json(stored).as_json() == stored


def test_what_is_stored_has_no_empty_fields():
    assert LEARNED.as_json() == {
        "code": "learned",
        "kind": "long",
        "required": True,
        "text": {"ja@easy": "{何|なに}を {学|まな}びましたか。", "en": "What did you learn?"},
        "hint": {"ja@easy": "{短|みじか}く", "en": "A few words."},
        "max_length": 2000,
    }


def test_the_same_survey_written_in_another_order_is_stored_alike(tmp_path):
    moved = SURVEY.replace('kind = "long"\nrequired = true\n', 'required = true\nkind = "long"\n')
    moved = moved.replace(
        '{ en = "A few words.", "ja@easy" = "{短|みじか}く" }', '{ "ja@easy" = "{短|みじか}く", en = "A few words." }'
    )
    [before] = surveys_from(tmp_path, common=COMMON, first=SURVEY)

    [after] = surveys_from(tmp_path, first=moved)

    assert moved != SURVEY
    assert json.dumps(after.as_json()) == json.dumps(before.as_json())


EVERY_KIND = "'code', 'kind', 'required', 'text', 'hint'"
# What is written, what is written instead, and the line and the problem to be named.
FAULTS = [
    ('lecture = "basic-1"\n', "", 1, "'lecture' is missing"),
    ('lecture = "basic-1"', 'lecture = "basic-9"', 1, "unknown lecture 'basic-9', known are 'basic-1', 'basic-2'"),
    (
        'lecture = "basic-1"',
        'lecture = "basic-1"\ntitle = "A"',
        2,
        "unknown key 'title', known are 'lecture', 'question'",
    ),
    (SURVEY.partition("\n\n")[2], "", 1, "'question' is missing"),
    (SURVEY.partition("\n\n")[2], "question = []", 3, "'question' must have at least 1, not 0"),
    (SURVEY.partition("\n\n")[2], "question = [1]", 3, "'question' must be a table"),
    ('use = "understanding"', 'use = "understood"', 4, "unknown use 'understood', known are 'understanding'"),
    ('use = "understanding"', 'use = "understanding"\nrequired = false', 5, "unknown key 'required', known are 'use'"),
    ('code = "useful"', 'code = "understanding"', 7, "code 'understanding' is already in line 4"),
    ('code = "learned"', 'code = "useful"', 30, "code 'useful' is already in line 7"),
    ('code = "useful"\n', "", 6, "'code' is missing"),
    (
        'code = "useful"',
        'code = "most_useful"',
        7,
        "'code' must be lower-case words joined by hyphens, not 'most_useful'",
    ),
    ('kind = "many"', 'kind = "some"', 8, "unknown kind 'some', known are 'scale', 'one', 'many', 'short', 'long'"),
    ('kind = "many"', 'kind = "one"', 10, f"unknown key 'at_most', known are {EVERY_KIND}, 'options'"),
    ('kind = "many"', 'kind = "long"', 10, f"unknown key 'at_most', known are {EVERY_KIND}, 'max_length'"),
    ("required = false", 'required = "no"', 9, "'required' must be true or false"),
    ("required = false\n", "", 6, "'required' is missing"),
    ("at_most = 2", "at_most = 3", 10, "'at_most' must be from 2 to 2, not 3"),
    (
        '"ja@easy" = "{秘密|ひみつ}"',
        '"ja@easy" = "秘密"',
        14,
        "the text in the language 'ja@easy' has no reading for '秘密'",
    ),
    ('code = "privacy"', 'code = "listening"', 14, "code 'listening' is already in line 13"),
    ('code = "privacy", ', "", 14, "'code' is missing"),
    ('code = "privacy", ', 'code = "privacy", score = 1, ', 14, "unknown key 'score', known are 'code', 'text'"),
    ('en = "Privacy", ', "", 14, "'text' is missing in the language 'en'"),
    ('code = "tired"', 'code = "good"', 26, "code 'good' is already in line 23"),
    (
        '[[question.options]]\ncode = "tired"\ntext = { en = "Tired", "ja@easy" = "つかれた" }\n',
        "",
        22,
        "'options' must have at least 2, not 1",
    ),
    ("max_length = 2000", "max_length = 0", 33, "'max_length' must be from 1 to 10000, not 0"),
    ("max_length = 2000", "max_length = 2000.0", 33, "'max_length' must be a whole number"),
    (
        'hint = { en = "A few words.", "ja@easy" = "{短|みじか}く" }',
        "hint = {}",
        35,
        "'hint' is missing in the language 'ja@easy'",
    ),
    ("max_length = 2000", "max_length 2000", 33, "is not TOML: Expected '=' after a key in a key/value pair"),
]


@pytest.mark.parametrize(("written", "instead", "line", "problem"), FAULTS)
def test_a_fault_in_a_survey_is_named_with_its_line(tmp_path, written, instead, line, problem):
    assert written in SURVEY

    with pytest.raises(ContentError) as caught:
        surveys_from(tmp_path, common=COMMON, first=SURVEY.replace(written, instead, 1))

    assert str(caught.value) == f"{tmp_path / 'first.toml'}:{line}: {problem}"


COMMON_FAULTS = [
    ("steps = 5", "steps = 1", 5, "'steps' must be from 2 to 10, not 1"),
    ("steps = 5", "steps = 11", 5, "'steps' must be from 2 to 10, not 11"),
    ("steps = 5\n", "", 1, "'steps' is missing"),
    ('high = { en = "Well", "ja@easy" = "よく" }\n', "", 1, "'high' is missing"),
    ("[[question]]", 'lecture = "basic-1"\n[[question]]', 1, "unknown key 'lecture', known are 'question'"),
    ("[[question]]", '[[question]]\nuse = "other"\n[[question]]', 2, "unknown use 'other', known are none"),
]


@pytest.mark.parametrize(("written", "instead", "line", "problem"), COMMON_FAULTS)
def test_a_fault_in_the_shared_questions_is_named_with_its_line(tmp_path, written, instead, line, problem):
    with pytest.raises(ContentError) as caught:
        surveys_from(tmp_path, common=COMMON.replace(written, instead, 1), first=SURVEY)

    assert str(caught.value) == f"{tmp_path / 'common.toml'}:{line}: {problem}"


def test_two_surveys_about_one_lecture_are_refused(tmp_path):
    with pytest.raises(ContentError) as caught:
        surveys_from(tmp_path, common=COMMON, first=SURVEY, second=SURVEY)

    assert str(caught.value) == f"{tmp_path / 'second.toml'}:1: the survey of 'basic-1' is already in first.toml"


def test_a_folder_that_is_missing_is_named(tmp_path):
    with pytest.raises(ContentError) as caught:
        read_surveys(tmp_path / "none", languages=LANGUAGES, lectures=LECTURES)

    assert str(caught.value) == f"{tmp_path / 'none'}:1: is not a folder"


@pytest.fixture(scope="module")
def shipped():
    lectures = read_lectures(Path(courses.__path__[0], "content", "lectures.toml"), languages=offered())
    return read_surveys(CONTENT, languages=offered(), lectures=lectures.codes)


def test_every_lecture_has_a_shipped_survey_in_every_offered_language(shipped):
    lectures = read_lectures(Path(courses.__path__[0], "content", "lectures.toml"), languages=offered())

    assert {survey.lecture for survey in shipped} == set(lectures.codes)


def test_every_shipped_survey_asks_for_understanding_and_for_what_was_learned_and_leaves_the_rest_free(shipped):
    asked = {tuple(question.code for question in survey.questions if question.required) for survey in shipped}

    assert asked == {("understanding", "learned")}


def test_every_shipped_survey_has_the_same_kinds_of_question(shipped):
    kinds = {tuple(question.kind for question in survey.questions) for survey in shipped}

    assert kinds == {(Kind.SCALE, Kind.MANY, Kind.SHORT, Kind.ONE, Kind.LONG, Kind.LONG)}


def test_wherever_people_write_freely_they_are_asked_not_to_write_names(shipped):
    hints = {
        question.hint["ja"] if question.hint else "none"
        for survey in shipped
        for question in survey.questions
        if question.kind in {Kind.SHORT, Kind.LONG}
    }

    assert [hint for hint in hints if not ("名前" in hint and hint.endswith("書かないでください。"))] == []


def test_every_shipped_survey_survives_the_way_to_the_database_and_back(shipped):
    assert [SurveyEntry.from_json(json.loads(json.dumps(survey.as_json()))) for survey in shipped] == shipped

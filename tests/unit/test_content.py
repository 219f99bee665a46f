"""Content files: every value knows its line, texts are complete, faults name file and line."""

import tomllib

import pytest

from lms.kernel.content import ContentError, find_lines, read_toml, text_problem
from lms.kernel.i18n import language

EVERY_SHAPE = '''# a comment with [brackets] and = signs
top = 1
"quoted key" = "a \\" quote, a # and a ]"
dotted.inner."ja@easy" = 'literal \\'
moment = 2023-07-10 09:00:00.5
number = 1.5e3

several = [
  "one", # with a comment, and a "quote"
  { inside = [1,
    2], also = "}" },
  [[3], [4]],
]
long = """
[not a header]
key = "no key"
""""
raw = \'\'\'
'quoted' = 1\'\'\'
after = true

[table]
key = -1

[[rows]]
name = "first"
[rows.deep]
name = "of the first"
[[rows.cells]]
name = "cell 0"

[[rows]]
name = "second"
  [[rows.cells]]
  name = "cell 0"
  [[rows.cells]]
  name = "cell 1"

[table.below."a.b"]
last = {}
'''


def places(value, place=()):
    """Every place in what tomllib read."""
    found = [place]
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        found += places(inner, (*place, step))
    return found


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_value_that_tomllib_reads_has_a_line_and_nothing_else_has(newline):
    text = EVERY_SHAPE.replace("\n", newline)

    lines = find_lines(text)

    assert sorted(map(repr, lines)) == sorted(map(repr, places(tomllib.loads(text))))


def test_a_value_begins_in_the_line_of_its_key_or_header():
    lines = find_lines(EVERY_SHAPE)

    assert {place: lines[place] for place in PLACES} == PLACES


PLACES = {
    ("quoted key",): 3,
    ("dotted",): 4,
    ("dotted", "inner", "ja@easy"): 4,
    ("several",): 8,
    ("several", 0): 9,
    ("several", 1): 10,
    ("several", 1, "inside", 1): 11,
    ("several", 1, "also"): 11,
    ("several", 2, 1, 0): 12,
    ("long",): 14,
    ("after",): 20,
    ("table",): 22,
    ("rows",): 25,
    ("rows", 0): 25,
    ("rows", 0, "deep", "name"): 28,
    ("rows", 0, "cells", 0, "name"): 30,
    ("rows", 1, "name"): 33,
    ("rows", 1, "cells", 1, "name"): 37,
    ("table", "below"): 39,
    ("table", "below", "a.b", "last"): 40,
}


@pytest.mark.parametrize(
    ("raw", "line", "problem"),
    [
        (b"a = 1\nb = \n", 2, "is not TOML: Invalid value"),
        (b"a = 1\n\na = 2\n", 3, "is not TOML: Cannot overwrite a value"),
        (b'a = 1\nb = """never closed\n', 2, "is not TOML: Unterminated string (at end of document)"),
        ("a = 1\nb = '氏名'\n".encode("cp932"), 2, "is not in UTF-8"),
    ],
)
def test_a_file_that_is_no_toml_names_the_line(tmp_path, raw, line, problem):
    file = tmp_path / "file.toml"
    file.write_bytes(raw)

    with pytest.raises(ContentError) as caught:
        read_toml(file, languages=[language("en")])

    assert str(caught.value) == f"{file}:{line}: {problem}"


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ContentError) as caught:
        read_toml(tmp_path / "none.toml", languages=[language("en")])

    assert str(caught.value) == f"{tmp_path / 'none.toml'}:1: cannot be read: No such file or directory"


def test_a_byte_order_mark_from_a_windows_editor_does_no_harm(tmp_path):
    file = tmp_path / "file.toml"
    file.write_bytes("code = 'a'\n".encode("utf-8-sig"))

    assert read_toml(file, languages=[language("en")])["code"].code() == "a"


@pytest.mark.parametrize(
    ("text", "locale", "problem"),
    [
        ("{在留資格|ざいりゅうしかく}が ない {人|ひと}", "ja@easy", None),
        ("{1日|いちにち}だけ、カタカナ、⑤", "ja@easy", None),
        ("在留資格", "ja", None),
        ("", "en", "is empty"),
        (" \n", "en", "is empty"),
        ("{話|はなし}を 聞く", "ja@easy", "has no reading for '聞'"),
        ("{人|ひと}々", "ja@easy", "has no reading for '々'"),
        ("{話|はなし", "ja@easy", "has a broken reading near '{話|はなし'"),
        ("話|はなし}", "ja@easy", "has a broken reading near '話|はなし}'"),
        ("{話|}を", "ja@easy", "has a broken reading near '{話|}を'"),
        ("{話|hanashi}", "ja@easy", "has a broken reading near '{話|hanash'"),
        ("{はなし|はなし}", "ja@easy", "has a broken reading near '{はなし|はなし}'"),
        ("{{話|はなし}}", "ja@easy", "has a broken reading near '{ }'"),
        ("{話|はなし}", "ja", "has a '{', kept for readings in 'ja@easy'"),
        ("this | that", "en", "has a '|', kept for readings in 'ja@easy'"),
    ],
)
def test_a_text_can_be_shown_in_its_language_or_says_why_not(text, locale, problem):
    assert text_problem(text, locale=locale) == problem

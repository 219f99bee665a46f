"""Readings over kanji: the notation `{漢字|かんじ}` of our own texts, and what it becomes on a page or in a mail.

Catalogues and content files are written in the notation. When one of their texts is taken up, its readings are set
apart with private characters that nobody can type into a form; only these become ruby. A name or an answer in which
somebody wrote `{a|b}` stays what it is. A text that had to be borrowed from another language is set apart likewise.
"""

import re

NOTATION = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}")
MARKS = "\ue000\ue001\ue002\ue003\ue004\ue005"
_PART = f"([^{MARKS}]*)"
READ = re.compile(f"{MARKS[0]}{_PART}{MARKS[1]}{_PART}{MARKS[2]}")
BORROWED = re.compile(f"{MARKS[3]}{_PART}{MARKS[4]}{_PART}{MARKS[5]}")

RUBY = r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>"
SPAN = r'<span lang="\1" dir="auto">\2</span>'
SEEN = re.compile(r"<option\b|<[^>]* data-confirm=", re.IGNORECASE)
WHOLE = "script|style|textarea|title|option"
TAGS = re.compile(rf"(<(?:{WHOLE})\b.*?</(?:{WHOLE})>|<[^>]*>)", re.DOTALL | re.IGNORECASE)


def set_apart(text: str) -> str:
    """A text of ours with its readings set apart."""
    return NOTATION.sub(rf"{MARKS[0]}\1{MARKS[1]}\2{MARKS[2]}", text) if "{" in text else text


def borrowed(text: str, *, tag: str) -> str:
    """A text in another language than its page; on the page a screen reader, and text from right to left, are told."""
    return f"{MARKS[3]}{tag}{MARKS[4]}{text}{MARKS[5]}"


def without_readings(text: str) -> str:
    """The text alone, for places that cannot show a reading: attributes, titles, mail subjects."""
    return BORROWED.sub(r"\2", READ.sub(r"\1", text))


def with_readings_in_brackets(text: str) -> str:
    """漢字（かんじ）, for plain text that people see."""
    return BORROWED.sub(r"\2", READ.sub(r"\1（\2）", text))


def in_notation(text: str) -> str:
    """{漢字|かんじ}, for a paper that prints the reading above the word."""
    return BORROWED.sub(r"\2", READ.sub(r"{\1|\2}", text))


def with_ruby(page: str, *, shown: bool = True) -> str:
    """An HTML page whose readings stand in <ruby>, or are dropped if they are not to be shown.

    Where no ruby can stand the reading follows in brackets if people see it (a choice, a question asked first), and is
    dropped from names for machines. Words for scripts keep them set apart: frontend/src/words.ts writes them.
    """
    pieces = TAGS.split(page)
    for i, piece in enumerate(pieces):
        if MARKS[0] not in piece and MARKS[3] not in piece:
            continue
        if i % 2 == 0:
            pieces[i] = BORROWED.sub(SPAN, READ.sub(RUBY if shown else r"\1", piece))
        elif not shown:
            pieces[i] = without_readings(piece)
        elif SEEN.match(piece):
            pieces[i] = with_readings_in_brackets(piece)
        elif not piece.startswith("<script"):
            pieces[i] = without_readings(piece)
    return "".join(pieces)

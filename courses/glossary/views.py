"""The glossary as a page, and as what the player's script knows of it."""

import json
from collections.abc import Mapping
from functools import cache

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from courses.glossary.entries import entries
from courses.glossary.file import Term
from courses.glossary.terms import Group, glossary, groups, search
from lms.kernel import i18n
from lms.kernel.content import EASY
from lms.kernel.furigana import MARKS, set_apart
from lms.kernel.i18n import DEFAULT, readings, text_in
from lms.kernel.languages import Language
from lms.web.access import public
from lms.web.forms import clean_line
from lms.web.pages import page

bp = Blueprint("glossary", __name__, url_prefix="/glossary")

KEPT = "public, max-age=3600"
LONGEST_SEARCH = 100
ESCAPED_MARKS = {ord(mark): f"\\u{ord(mark):04x}" for mark in MARKS}
"""Readings for a script stay set apart; as characters, the edge would put them into brackets."""


@bp.get("")
@public
def glossary_page() -> ResponseReturnValue:
    """All terms in the order of the reader's language, or those that a search finds."""
    language = i18n.current_language()
    wanted = str(clean_line(request.args.get("q", "")))[:LONGEST_SEARCH]
    if wanted:
        found = [Group("", search(wanted, terms=glossary(), language=language))]
    else:
        found = groups(glossary(), language=language)
    return page(
        "courses/glossary.html",
        wanted=wanted,
        as_of=min(term.as_of for term in glossary()),
        groups=[(group.name, entries(group.terms)) for group in found if group.terms],
    )


@bp.get("/terms.json")
@public
def terms() -> ResponseReturnValue:
    """The terms for the player: how captions say them in every language, what they mean in that of `?language=`."""
    answer = Response(_told(i18n.known(request.args.get("language")), i18n.offered()), mimetype="application/json")
    answer.headers["Cache-Control"] = KEPT
    answer.add_etag()
    return answer.make_conditional(request)


@cache
def _told(code: str, offered: tuple[Language, ...]) -> bytes:
    told = json.dumps({"terms": [_term(term, code) for term in glossary()]}, ensure_ascii=False)
    return told.translate(ESCAPED_MARKS).encode()


def _term(term: Term, code: str) -> dict[str, object]:
    return {
        "key": term.key,
        "forms": term.forms,
        "term": _read(term.term, code),
        "reading": term.reading,
        "text": _read(term.text, code),
        "easy": set_apart(term.text[EASY]),
    }


def _read(texts: Mapping[str, str], code: str) -> str:
    """A text in a language; ordinary Japanese with its readings, which the player shows or not."""
    text = text_in(texts, code)
    return set_apart(readings().get(text, text)) if code == DEFAULT else text

"""A term as its reader sees it: in their language, with the Japanese beside it and easy Japanese below it."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from courses.glossary.file import Term
from courses.glossary.terms import folded, glossary, taught
from courses.words import lecture_label
from lms.kernel import i18n
from lms.kernel.content import EASY
from lms.kernel.furigana import set_apart, with_ruby
from lms.kernel.i18n import DEFAULT, aloud, text_in


@dataclass(frozen=True)
class Entry:
    """A term in the reader's language.

    `original` is the Japanese where that language is another; `reading` is empty where the term says it by itself.
    `easy` is the explanation in easy Japanese where it is not `text` itself. `related` and `lectures` are pairs of a
    key or code and what it is called.
    """

    key: str
    term: str
    original: str
    reading: str
    text: str
    easy: Markup | None
    related: tuple[tuple[str, str], ...]
    lectures: tuple[tuple[str, str], ...]


def entries(terms: Iterable[Term]) -> list[Entry]:
    """These terms for whoever reads the page."""
    names = {term.key: text_in(term.term) for term in glossary()}
    called = _lecture_names()
    language = i18n.current_language()
    in_japanese = language.tag == i18n.language(DEFAULT).tag
    heard = in_japanese and i18n.shows_furigana()
    return [
        Entry(
            key=term.key,
            term=names[term.key],
            original="" if in_japanese else aloud(term.term[DEFAULT]),
            reading="" if heard or folded(term.term[DEFAULT]) == term.reading else term.reading,
            text=text_in(term.text),
            easy=None if language.code == EASY else _easy(term),
            related=tuple((key, names[key]) for key in term.related),
            lectures=tuple((code, called[code]) for code in term.lectures),
        )
        for term in terms
    ]


def sample_entry() -> Entry:
    """One that has everything an entry can have."""
    return entries(term for term in glossary() if term.related and term.lectures)[0]


def _easy(term: Term) -> Markup:
    # Whatever the reader chose for the page: without its readings it would not be easy.
    return Markup(with_ruby(escape(set_apart(term.text[EASY]))))  # noqa: S704  # escaped


def _lecture_names() -> dict[str, str]:
    labels = {series.code: series.label for series in taught().series}
    return {
        lecture.code: f"{lecture_label(labels[lecture.series], lecture.number)} {text_in(lecture.title)}"
        for lecture in taught().lectures
    }

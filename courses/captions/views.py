"""What people read beside a lecture: captions and chapters for the player, the transcript, the search over all."""

from collections.abc import Callable, Sequence
from itertools import groupby

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from courses import queries as courses
from courses.captions import languages, queries, search
from courses.captions.markup import Piece, to_html
from courses.captions.queries import Line
from courses.captions.rules import CaptionKind
from courses.captions.webvtt import Cue
from courses.glossary.marking import mark_terms
from lms.kernel.errors import NotFound, Refused
from lms.kernel.i18n import DEFAULT, current_language, shows_furigana
from lms.web.access import is_secretariat, signed_in
from lms.web.context import session, today
from lms.web.pages import page

bp = Blueprint("captions", __name__, url_prefix="/courses")


@bp.get("/<code>/captions/<language>.vtt")
@signed_in
def captions(code: str, language: str) -> ResponseReturnValue:
    """What is said, as WebVTT."""
    return _track(code, CaptionKind.CAPTIONS, language)


@bp.get("/<code>/chapters/<language>.vtt")
@signed_in
def chapters(code: str, language: str) -> ResponseReturnValue:
    """How the film is divided, as WebVTT."""
    return _track(code, CaptionKind.CHAPTERS, language)


def _track(code: str, kind: CaptionKind, language: str) -> ResponseReturnValue:
    _check_may_watch(code)
    found = queries.shown(session(), lecture=code, kind=kind, language=language)
    if found is None:
        raise NotFound("There is no such page.")
    answer = Response(found.webvtt, mimetype="text/vtt")
    answer.add_etag()
    answer.cache_control.private = True
    answer.cache_control.no_cache = True
    return answer.make_conditional(request)


def _check_may_watch(code: str) -> None:
    lecture = courses.lecture(session(), code)
    if not is_secretariat() and lecture.id in courses.hidden_lectures(session(), on=today()):
        raise Refused("This lecture cannot be watched at present.")


@bp.get("/<code>/transcript")
@signed_in
def transcript(code: str) -> ResponseReturnValue:
    """What is said in a lecture, to read, to search and to print."""
    _check_may_watch(code)
    lecture, film = courses.lecture(session(), code), courses.published(session(), code)
    spoken = [t for t in (queries.tracks(session(), film.id) if film else []) if t.kind is CaptionKind.CAPTIONS]
    language = _chosen([track.language for track in spoken])
    words = _words()
    spoken_here, chapters = (
        queries.shown(session(), lecture=code, kind=kind, language=language) for kind in CaptionKind
    )
    if words:
        found = parts(queries.saying(session(), spoken_here, words=words), ())
    else:
        found = parts(queries.cues(spoken_here), queries.cues(chapters))
    return page(
        "courses/transcript.html",
        lecture=lecture,
        tracks=spoken,
        language_shown=language,
        tag=languages.tag_of(language),
        dir=languages.direction(language),
        parts=found,
        words=words,
        drawn=_drawing(words),
        with_terms=_drawing(words, language=language),
    )


@bp.get("/search", endpoint="search")
@signed_in
def find() -> ResponseReturnValue:
    """Where in any lecture something is said."""
    words, language = _words(), request.args.get("language", "")
    spoken = queries.languages_shown(session())
    hidden_on = None if is_secretariat() else today()
    only = language if language in spoken else None
    too_short = bool(words) and search.is_too_short(search.fold(words))
    hits = [] if too_short else queries.find(session(), words=words, language=only, hidden_on=hidden_on)
    return page(
        "courses/search.html",
        words=words,
        too_short=too_short,
        chosen=only or "",
        spoken=[(code, languages.own_name(code)) for code in spoken],
        groups=[list(group) for _, group in groupby(hits, key=lambda hit: hit.lecture)],
        there_are_more=len(hits) == queries.MOST_HITS,
        count=len(hits),
        tag_of=languages.tag_of,
        dir_of=languages.direction,
        own_name=languages.own_name,
        drawn=_drawing(words),
    )


def parts(said: Sequence[Cue | Line], chapters: Sequence[Cue]) -> list[tuple[Cue | None, list[Cue | Line]]]:
    """What is said below the chapter in which it begins; before the first chapter, or without any, below None."""
    found: list[tuple[Cue | None, list[Cue | Line]]] = [(None, []), *((chapter, []) for chapter in chapters)]
    for line in said:
        number = sum(chapter.start <= line.start for chapter in chapters)
        found[number][1].append(line)
    return [part for part in found if part[1]]


def _words() -> str:
    return request.args.get("q", "").replace("\0", "").strip()[: search.LONGEST]


def _chosen(there: Sequence[str]) -> str:
    wanted = (request.args.get("language", ""), current_language().code, *current_language().fallback, DEFAULT)
    return next((code for code in (*wanted, *there) if code in there), DEFAULT)


def _drawing(words: str, *, language: str | None = None) -> Callable[[Sequence[Piece]], Markup]:
    """How a page draws a caption: with readings if its reader wants them, and with marks on what was looked for."""
    readings = shows_furigana() or current_language().furigana is None
    wanted = search.fold(words)

    def drawn(pieces: Sequence[Piece]) -> Markup:
        html = to_html(pieces, readings=readings, marked=search.hits(pieces, wanted))
        return mark_terms(html, language) if language and not wanted else html

    return drawn

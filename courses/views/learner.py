"""The lectures, and the page on which one is watched."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from courses import queries
from courses.captions import queries as captions
from courses.models import Recording
from courses.queries import LectureRow
from courses.rules import RecordingState
from courses.views import media
from courses.watching import ticket
from courses.watching.rules import WATCHED_SHARE
from lms.kernel.work import progress_of
from lms.web.access import is_secretariat, me, signed_in
from lms.web.context import house, now, session, today
from lms.web.pages import page

bp = Blueprint("courses", __name__, url_prefix="/courses")


def media_url(recording_key: str, file: str) -> str:
    """The signed address of a recording's file for whoever is signed in."""
    return media.address(recording_key, file)


@bp.get("")
@signed_in
def lectures() -> ResponseReturnValue:
    """All lectures with what one has seen of each."""
    rows = queries.lecture_rows(session(), supporter=me(), on=today())
    return page("courses/lectures.html", lectures=rows, poster=_poster)


@bp.get("/<code>")
@signed_in
def lecture(code: str) -> ResponseReturnValue:
    """The lecture: its player, what one has seen, its survey, the lectures beside it."""
    before, row, after = queries.lecture_among(queries.lecture_rows(session(), supporter=me(), on=today()), code=code)
    film = queries.published(session(), code) if row.not_viewable is None or is_secretariat() else None
    waiting = queries.preparing(session(), code) if film is None and row.not_viewable is None else None
    return page(
        "courses/lecture.html",
        lecture=row,
        before=before,
        after=after,
        film=film,
        tracks=captions.tracks(session(), film.id) if film else [],
        preparing=waiting,
        media_url=media_url,
        viewer=me(),
        ticket=ticket.issue(film.key, supporter=me(), secret=house().secret_key, now=now()) if film else "",
        sizes=_sizes(film.package) if film else None,
        watched_share=WATCHED_SHARE,
    )


@bp.get("/<code>/progress")
@signed_in
def progress(code: str) -> ResponseReturnValue:
    """How far a recording's preparation has come, for the bar on the lecture's page."""
    return jsonify(preparation(queries.preparing(session(), code)))


def preparation(recording: Recording | None) -> dict[str, Any]:
    """Share 0 to 1 and whether it is over, as the progress bar's script reads it."""
    if recording is None or recording.state is not RecordingState.PREPARING:
        return {"share": 1.0, "done": True}
    owed = progress_of(session(), keys=[recording.work_key]).get(recording.work_key)
    return {"share": owed.progress / 1000 if owed else 0.0, "done": False}


def _sizes(package: Mapping[str, Any]) -> dict[str, Any]:
    """Bytes of a whole recording: of its sound (0 if none), and with it of each picture by its lines, largest first."""
    sound = package["audio_bytes"]
    pictures = [(min(r["width"], r["height"]), r["bytes"] + sound) for r in package["renditions"]]
    return {"sound": sound, "pictures": sorted(pictures, reverse=True)}


def _poster(row: LectureRow) -> str | None:
    return media_url(row.recording, "poster.jpg") if row.recording and row.not_viewable is None else None

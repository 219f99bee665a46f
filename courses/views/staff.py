"""The secretariat's pages about lectures: which recordings there are, and uploading a new one.

Uploads follow the core of the tus 1.0 protocol: create, then PATCH pieces at an offset, HEAD to learn the offset again.
Without JavaScript the same form sends the file in one piece.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from flask import Blueprint, Response, flash, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage as SentFile

from courses import queries, services
from courses.forms import file_name_of, upload_metadata
from courses.models import Recording, Upload
from courses.probe import Probe, probe
from courses.rules import RecordingState
from courses.services import new_upload_path
from courses.views.learner import media_url, preparation
from courses.watching.queries import retention_of
from lms.kernel.errors import Conflict, DomainError, Invalid
from lms.kernel.i18n import gettext
from lms.web.access import me, secretariat_only
from lms.web.context import house, now, session
from lms.web.errors import said
from lms.web.pages import onward, page

bp = Blueprint("recordings", __name__, url_prefix="/secretariat")

MEGABYTE = 10**6
PIECE_LIMIT = 64 * MEGABYTE
MOST_DIGITS = 16


@bp.get("/lectures")
@secretariat_only
def lectures() -> ResponseReturnValue:
    """All lectures with the state of their recordings."""
    newest: dict[int, Recording] = {}
    for recording in queries.recordings(session()):
        newest.setdefault(recording.lecture_id, recording)
    found = queries.lectures(session())
    return page("courses/staff_lectures.html", lectures=found, newest=newest, media_url=media_url)


@bp.get("/lectures/<code>")
@secretariat_only
def lecture(code: str) -> ResponseReturnValue:
    """A lecture's recordings, and the form for a new one."""
    return _lecture_page(code)


def _lecture_page(code: str, error: str | None = None) -> ResponseReturnValue:
    found = queries.lecture(session(), code)
    recordings = queries.recordings(session(), lecture_id=found.id)
    shown = next((r for r in recordings if r.state is RecordingState.PUBLISHED), None)
    return page(
        "courses/staff_lecture.html",
        lecture=found,
        recordings=recordings,
        retention=retention_of(session(), shown) if shown else None,
        media_url=media_url,
        error=error,
        limit_mb=house().settings.upload_limit_mb,
        status=422 if error else 200,
    )


@bp.get("/recordings/<int:recording_id>/progress")
@secretariat_only
def progress(recording_id: int) -> ResponseReturnValue:
    """How far the preparation of a recording has come."""
    return jsonify(preparation(queries.recording(session(), recording_id)))


@bp.post("/lectures/<code>")
@secretariat_only
def add(code: str) -> ResponseReturnValue:
    """The whole file in one form, for a browser without JavaScript; spooled to disk, never held in memory.

    The film is looked at before anything is written to the database: nobody waits for its write lock meanwhile.
    """
    request.max_content_length = house().settings.upload_limit_mb * MEGABYTE
    sent = request.files.get("recording") or SentFile()
    path = None
    try:
        if not sent.filename:
            raise Invalid("Choose a recording first.")
        path = new_upload_path(house().storage)
        with path.open("wb") as target:
            shutil.copyfileobj(sent.stream, target, MEGABYTE)
        seen, size = probe(path), path.stat().st_size
        house().storage.keep(f"uploads/{path.name}")
        upload = _begin(code, key=path.name, file_name=file_name_of(sent.filename), size=size)
        recording = services.finish_upload(session(), upload=upload, probe=seen, now=now())
    except DomainError as error:
        if path is not None:
            house().storage.delete(f"uploads/{path.name}")
        return _lecture_page(code, said(error))
    return onward("recordings.lecture", code=code, said=_thanks(recording))


def _begin(code: str, *, key: str, file_name: str, size: int) -> Upload:
    limit = house().settings.upload_limit_mb * MEGABYTE
    return services.begin_upload(
        session(), lecture=code, key=key, file_name=file_name, size=size, limit=limit, by=me(), now=now()
    )


def _upload(key: str) -> tuple[Upload, Path]:
    """One's own upload and its bytes, read without the write lock."""
    with house().database.read() as reading:
        upload = queries.upload(reading, key=key, supporter=me())
    return upload, house().storage.workplace(upload.storage_key)


def _thanks(recording: Recording) -> str:
    if recording.has_audio:
        return gettext("The recording has arrived and is being prepared. People see it as soon as it is ready.")
    return gettext("The recording has arrived and is being prepared. It has no sound: is that intended?")


def _look_at(upload: Upload, path: Path) -> Probe:
    """What the whole file is, which then lies where any worker can fetch it."""
    if not path.exists():  # it does already, but the one who sent it was not told
        with house().storage.fetched(upload.storage_key) as copy:
            return probe(copy)
    if path.stat().st_size != upload.size:
        raise Conflict("The file has not arrived whole yet. Wait a moment and try again.")
    seen = probe(path)
    house().storage.keep(upload.storage_key)
    return seen


@bp.post("/lectures/<code>/uploads")
@secretariat_only
def begin_upload(code: str) -> ResponseReturnValue:
    """Tus creation: a place for `Upload-Length` bytes."""
    length = request.headers.get("Upload-Length", "")
    if not (length.isdecimal() and len(length) < MOST_DIGITS):
        raise Invalid("The upload could not be understood. Choose the file again.")
    metadata = upload_metadata(request.headers.get("Upload-Metadata", ""))
    path = new_upload_path(house().storage)
    upload = _begin(code, key=path.name, file_name=file_name_of(metadata.get("filename", "")), size=int(length))
    path.touch()
    return Response(status=201, headers={"Location": url_for("recordings.resume_upload", key=upload.key)})


@bp.route("/uploads/<key>", methods=["HEAD"])
@secretariat_only
def resume_upload(key: str) -> ResponseReturnValue:
    """How many bytes have arrived."""
    upload, path = _upload(key)
    # Gone from this machine, it was taken to the object store whole: the one who sent it was not told.
    return _offset(upload, path.stat().st_size if path.exists() else upload.size, 200)


@bp.route("/uploads/<key>", methods=["PATCH"])
@secretariat_only
def append(key: str) -> ResponseReturnValue:
    """A piece at an offset, on the disk before it is acknowledged. Two pieces at once: one of them is refused."""
    request.max_content_length = PIECE_LIMIT
    upload, path = _upload(key)
    with path.open("ab") as target, _only_writer(target):
        here = target.seek(0, 2)
        if request.headers.get("Upload-Offset") != str(here):
            raise Conflict("The upload went on in another window. Reload this page.")
        if (request.content_length or 0) > min(PIECE_LIMIT, upload.size - here):
            raise Invalid("The upload could not be understood. Choose the file again.")
        shutil.copyfileobj(request.stream, target, MEGABYTE)
        target.flush()
        os.fsync(target.fileno())
        here = target.tell()
    return _offset(upload, here, 204)


@contextmanager
def _only_writer(file: BinaryIO) -> Iterator[None]:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Conflict("The upload went on in another window. Reload this page.") from error
    yield  # closing the file lets it go


def _offset(upload: Upload, here: int, status: int) -> Response:
    headers = {"Upload-Offset": str(here), "Upload-Length": str(upload.size), "Cache-Control": "no-store"}
    return Response(status=status, headers=headers)


@bp.post("/uploads/<key>/finish")
@secretariat_only
def finish_upload(key: str) -> ResponseReturnValue:
    """All bytes are there: look at the film, then owe its preparation, or say why it cannot be used."""
    upload, path = _upload(key)
    seen = _look_at(upload, path)
    upload = queries.upload(session(), key=key, supporter=me(), for_update=True)
    recording = services.finish_upload(session(), upload=upload, probe=seen, now=now())
    code = next(lecture.code for lecture in queries.lectures(session()) if lecture.id == recording.lecture_id)
    flash(_thanks(recording), "good")
    return jsonify(url=url_for("recordings.lecture", code=code))

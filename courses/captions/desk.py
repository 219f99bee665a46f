"""The desk's pages of captions and chapters: bring a file, correct it beside the film, take it over, delete it."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any, cast

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from courses import queries as courses
from courses.captions import encodings, languages, queries, services, speech, webvtt
from courses.captions.forms import AddForm, TakeOverForm, TextForm
from courses.captions.rules import CaptionKind
from courses.captions.webvtt import Cue, Reading
from courses.models import Caption, Lecture, Recording
from courses.views.learner import media_url
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.i18n import gettext
from lms.web.access import me, secretariat_only
from lms.web.context import house, now, session
from lms.web.errors import said
from lms.web.pages import onward, page

bp = Blueprint("caption_desk", __name__, url_prefix="/secretariat/recordings/<int:recording_id>/captions")

MOST_FINDINGS = 30


@dataclass(frozen=True)
class Place:
    """Captions or chapters of a recording in a language, whether there are any yet or not."""

    recording: Recording
    kind: CaptionKind
    language: str

    @property
    def address(self) -> dict[str, Any]:
        """What its addresses are made of."""
        return {"recording_id": self.recording.id, "kind": self.kind.value, "language": self.language}

    def there(self) -> Caption | None:
        """What is kept now."""
        return queries.one(session(), recording_id=self.recording.id, kind=self.kind, language=self.language)

    def read(self, text: str) -> Reading:
        """What somebody typed or sent."""
        read = webvtt.read_captions if self.kind is CaptionKind.CAPTIONS else webvtt.read_chapters
        return read(text, duration_ms=self.recording.duration_ms)

    def typed(self, cues: Sequence[Cue]) -> str:
        """The same as it stands in the editor."""
        return (webvtt.typed_captions if self.kind is CaptionKind.CAPTIONS else webvtt.typed_chapters)(cues)

    def save(self, cues: Sequence[Cue], *, seen: int) -> None:
        """Keep them. Raises Conflict if somebody else was faster."""
        services.save(
            session(), recording_id=self.recording.id, kind=self.kind, language=self.language, cues=cues, seen=seen,
            by=me(), now=now(),
        )  # fmt: skip


@bp.get("")
@secretariat_only
def overview(recording_id: int) -> ResponseReturnValue:
    """What there is of a recording in writing, and how more comes in."""
    return _overview(courses.recording(session(), recording_id))


def _overview(
    recording: Recording, *, form: AddForm | None = None, take_over: TakeOverForm | None = None, status: int = 200
) -> ResponseReturnValue:
    return page(
        "courses/captions.html",
        recording=recording,
        lecture=_lecture(recording),
        captions=queries.of_recording(session(), recording.id),
        before=queries.earlier_version(session(), recording),
        form=form or AddForm(),
        take_over_form=take_over or TakeOverForm(),
        can_hear=speech.is_set_up(house().settings) and recording.has_audio,
        hearing=services.hearing(session(), recording),
        own_name=languages.own_name,
        tag_of=languages.tag_of,
        status=status,
    )


@bp.post("")
@secretariat_only
def add(recording_id: int) -> ResponseReturnValue:
    """A file is taken in if nothing is wrong with it; else its text stands in the editor, to be mended there."""
    recording = courses.recording(session(), recording_id)
    form = cast("AddForm", AddForm.of_request())
    if not form.validate():
        return _overview(recording, form=form, status=422)
    place = Place(recording, CaptionKind(form.kind.data), str(form.language.data))
    sent = request.files.get("file") or FileStorage()
    if not sent.filename:
        return onward("caption_desk.editor", **place.address)
    try:
        decoded = encodings.decode(sent.read(), tag=languages.tag_of(place.language))
    except Invalid as error:
        form.refuse("file", said(error))
        return _overview(recording, form=form, status=422)
    there, reading = place.there(), place.read(decoded.text)
    if there or not reading.is_usable:
        typed = TextForm(data={"version": str(there.version if there else 0), "text": decoded.text})
        return _editor(place, form=typed, reading=reading)
    place.save(reading.cues, seen=0)
    read_as = gettext("The file was read as %(encoding)s.", encoding=decoded.encoding)
    return onward("caption_desk.editor", **place.address, said=f"{_thanks()} {read_as}")


@bp.get("/<kind>/<language>")
@secretariat_only
def editor(recording_id: int, kind: str, language: str) -> ResponseReturnValue:
    """The whole text, with the film beside it."""
    place = _found(recording_id, kind, language)
    there = place.there()
    return _editor(
        place,
        form=TextForm(data={"version": str(there.version if there else 0), "text": place.typed(queries.cues(there))}),
    )


@bp.post("/<kind>/<language>")
@secretariat_only
def save(recording_id: int, kind: str, language: str) -> ResponseReturnValue:
    """Keep the text if it can be read; nobody's later words are lost if two people wrote at once."""
    place, form = _found(recording_id, kind, language), cast("TextForm", TextForm.of_request())
    valid = form.validate()
    form.text.data = (form.text.data or "").replace("\r\n", "\n")
    reading = place.read(form.text.data)
    if "untangle" in request.form and reading.is_only_tangled:
        form.text.data = webvtt.typed_captions(webvtt.untangled(reading.cues))
        return _editor(place, form=form, untangled=True)
    if not (valid and reading.is_usable):
        return _editor(place, form=form, reading=reading)
    try:
        place.save(reading.cues, seen=form.seen)
    except Conflict as error:
        theirs = place.there()
        form.version.data = str(theirs.version if theirs else 0)
        form.refuse("text", said(error))
        return _editor(
            place, form=form, differences=_differences(place.typed(queries.cues(theirs)), place.typed(reading.cues))
        )
    return onward("caption_desk.editor", **place.address, said=_thanks())


def _editor(
    place: Place,
    *,
    form: TextForm,
    reading: Reading | None = None,
    differences: Sequence[tuple[str, str]] = (),
    untangled: bool = False,
) -> ResponseReturnValue:
    """`reading`: what was sent and is not kept; `differences`: from what somebody else saved meanwhile."""
    text, findings = form.text.data or "", reading.findings if reading else ()
    refused = reading is not None and not reading.is_usable
    if refused:
        form.refuse("text", gettext("Some lines cannot be kept as they are. They are listed above."))
    return page(
        "courses/caption_editor.html",
        place=place,
        lecture=_lecture(place.recording),
        own_name=languages.own_name(place.language),
        tag=languages.tag_of(place.language),
        dir=languages.direction(place.language),
        form=form,
        there=place.there(),
        findings=[(found, gettext(found.message, **found.params)) for found in findings[:MOST_FINDINGS]],
        further=max(len(findings) - MOST_FINDINGS, 0),
        excerpts=_excerpts(text, [found.line for found in findings[:MOST_FINDINGS]]),
        refused=refused,
        is_only_tangled=reading is not None and reading.is_only_tangled,
        not_saved=untangled or (reading is not None and not refused),
        differences=differences,
        media_url=media_url,
        status=422 if refused else 409 if form.text.errors else 200,
    )


@bp.post("/<kind>/<language>/delete")
@secretariat_only
def delete(recording_id: int, kind: str, language: str) -> ResponseReturnValue:
    """Take them away for good."""
    place = _found(recording_id, kind, language)
    there = place.there()
    if there:
        services.delete(session(), caption=there, by=me(), now=now())
    return onward("caption_desk.overview", recording_id=place.recording.id, said=gettext("Deleted."))


@bp.get("/<kind>/<language>/file")
@secretariat_only
def download(recording_id: int, kind: str, language: str) -> ResponseReturnValue:
    """The file, as WebVTT or, with `?as=srt`, as SRT."""
    place = _found(recording_id, kind, language)
    there = place.there()
    if there is None:
        raise NotFound("There is no such page.")
    as_srt = request.args.get("as") == "srt"
    body = webvtt.write_srt(queries.cues(there)) if as_srt else there.webvtt
    answer = Response(body, mimetype="application/x-subrip" if as_srt else "text/vtt")
    name = f"{_lecture(place.recording).code}-{place.kind}-{language.replace('@', '-')}.{'srt' if as_srt else 'vtt'}"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@bp.post("/take-over")
@secretariat_only
def take_over(recording_id: int) -> ResponseReturnValue:
    """What was written for the version before, moved in time."""
    recording = courses.recording(session(), recording_id)
    form = cast("TakeOverForm", TakeOverForm.of_request())
    if not form.validate():
        return _overview(recording, take_over=form, status=422)
    try:
        taken = services.take_over(session(), recording=recording, by_ms=form.milliseconds, by=me(), now=now())
    except Invalid as error:
        form.refuse("seconds", said(error))
        return _overview(recording, take_over=form, status=422)
    names = ", ".join(dict.fromkeys(languages.own_name(caption.language) for caption in taken))
    thanks = gettext("Taken over: %(languages)s. Please look whether the times fit.", languages=names)
    return onward("caption_desk.overview", recording_id=recording.id, said=thanks)


@bp.post("/draft")
@secretariat_only
def draft(recording_id: int) -> ResponseReturnValue:
    """Let the machine listen; what it writes is for the desk alone until a person saved it."""
    recording = courses.recording(session(), recording_id)
    if not (speech.is_set_up(house().settings) and recording.has_audio):
        raise NotFound("There is no such page.")
    services.owe_draft(session(), recording=recording, by=me(), now=now())
    return onward("caption_desk.overview", recording_id=recording.id)


@bp.get("/draft")
@secretariat_only
def drafting(recording_id: int) -> ResponseReturnValue:
    """How far the machine has listened, for the bar on the page."""
    share = services.hearing(session(), courses.recording(session(), recording_id))
    return jsonify(share=1.0 if share is None else share, done=share is None)


def _found(recording_id: int, kind: str, language: str) -> Place:
    if kind not in set(CaptionKind) or not languages.is_known(language):
        raise NotFound("There is no such page.")
    return Place(courses.recording(session(), recording_id), CaptionKind(kind), language)


def _lecture(recording: Recording) -> Lecture:
    return next(lecture for lecture in courses.lectures(session()) if lecture.id == recording.lecture_id)


def _thanks() -> str:
    return gettext("Saved. Everybody who watches this recording sees it now.")


def _excerpts(text: str, faults: Sequence[int]) -> list[tuple[int, str, bool]]:
    """The lines at fault with one before and two after each: number, text, whether something is wrong there."""
    lines = webvtt.LINE_END.split(text)
    near = {line + step for line in faults for step in (-1, 0, 1, 2)}
    return [(number, line, number in faults) for number, line in enumerate(lines, start=1) if number in near]


def _differences(theirs: str, mine: str) -> list[tuple[str, str]]:
    """Lines that only one of two texts has: ("theirs" or "mine", the line), in order; empty lines do not count."""
    sides = {"-": "theirs", "+": "mine"}
    before, after = ([line for line in text.splitlines() if line] for text in (theirs, mine))
    # ndiff would also mark what differs within a line, and need minutes for two long texts that have nothing in common.
    changed = list(unified_diff(before, after, n=0, lineterm=""))[2:]
    return [(sides[line[0]], line[1:]) for line in changed if line[0] in sides]

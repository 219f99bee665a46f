"""The secretariat's pages of programmes: what they say, since when and why, and changing it after a look ahead."""

from dataclasses import dataclass

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from courses import programmes
from courses import queries as courses
from courses.programme_file import ProgrammeEntry
from lms.kernel.errors import Conflict
from lms.kernel.i18n import gettext
from lms.qualification.programmes import queries, services
from lms.qualification.programmes.columns import COLUMNS, rows_of
from lms.qualification.programmes.forms import ProgrammeForm, form_for, form_of, moves_rows
from lms.qualification.programmes.forms import rows_of as rows_sent
from lms.qualification.programmes.rules import Effect, WhatIf
from lms.qualification.programmes.services import Looked
from lms.web.access import me, secretariat_only
from lms.web.context import house, now, session, today
from lms.web.errors import said
from lms.web.pages import onward, page
from lms.web.tables import FORMATS, send

SHOWN = 50
"""So many people of each kind stand on the page; the file has all of them."""

bp = Blueprint("programmes", __name__, url_prefix="/secretariat/programmes")


@dataclass(frozen=True)
class Shown:
    """What the form's page shows beside the form."""

    what_if: WhatIf | None = None
    has_changed: bool = False
    error: str | None = None
    status: int = 200


@bp.get("")
@secretariat_only
def all_programmes() -> ResponseReturnValue:
    """Every programme, the newest first."""
    return page(
        "qualification/programmes/all_programmes.html",
        programmes=programmes.all_programmes(session()),
        today=today(),
    )


@bp.get("/<code>")
@secretariat_only
def programme(code: str) -> ResponseReturnValue:
    """What a programme says today, and its versions."""
    return _programme_page(queries.whole(session(), code))


@bp.get("/<code>/versions/<int:number>")
@secretariat_only
def version(code: str, number: int) -> ResponseReturnValue:
    """What a programme said once."""
    return _programme_page(queries.whole(session(), code, number=number))


def _programme_page(found: queries.Whole) -> ResponseReturnValue:
    return page(
        "qualification/programmes/programme.html",
        programme=found,
        versions=queries.version_rows(session(), found.row.id),
        lectures={lecture.code: lecture for lecture in courses.lectures(session())},
        today=today(),
    )


@bp.get("/new")
@secretariat_only
def new() -> ResponseReturnValue:
    """A new programme, begun as a copy of the newest."""
    entry = queries.to_copy(session(), on=today())
    return _form_page(None, form_of(entry, courses.lectures(session()), seen=0), Shown())


@bp.get("/<code>/edit")
@secretariat_only
def edit(code: str) -> ResponseReturnValue:
    """The rules of a programme as a form."""
    found = queries.whole(session(), code)
    return _form_page(code, form_of(found.entry, courses.lectures(session()), seen=found.number), Shown())


@bp.post("/new")
@secretariat_only
def create() -> ResponseReturnValue:
    """Look at a new programme, or save it."""
    return _sent(None)


@bp.post("/<code>/edit")
@secretariat_only
def change(code: str) -> ResponseReturnValue:
    """Look at a changed programme, or save it."""
    return _sent(code)


def _sent(code: str | None) -> ResponseReturnValue:
    """The button that was pressed says what is meant: a row more or less, a look, a file of what was seen, saving."""
    pressed = request.form.get("do", "")
    form, entry, looked = _look(code)
    if entry is None or looked is None:
        return _form_page(code, form, Shown(status=200 if moves_rows(request.form) else 422))
    if pressed == "save":
        return _save(code, form, entry, looked)
    chosen = next((each for each in FORMATS if each == pressed), None)
    if chosen:
        return send(COLUMNS, rows_of(session(), looked.what_if.outcomes, on=today()), format=chosen, name="what-if")
    return _form_page(code, form, Shown(looked.what_if))


def _look(code: str | None) -> tuple[ProgrammeForm, ProgrammeEntry | None, Looked | None]:
    """The form, and if they can be used the rules in it and what they would do."""
    # Looking takes a while where people are many: not in the request's own session, which would keep others waiting.
    with house().database.read() as reading:
        form = form_for(courses.lectures(reading), rows_sent(request.form))(request.form)
        if moves_rows(request.form) or not form.validate():
            return form, None, None
        entry = form.entry(code or services.free_code(reading, first_day=form.entry("").first_day))
        return form, entry, services.look(reading, entry=entry, on=today())


def _save(code: str | None, form: ProgrammeForm, entry: ProgrammeEntry, looked: Looked) -> ResponseReturnValue:
    try:
        saved = services.save(
            session(),
            entry=entry,
            seen=request.form.get("seen", 0, type=int),
            note=form.note.data or "",
            agreed=form.agreed.data or "",
            looked=looked,
            by=me(),
            now=now(),
        )
    except Conflict as error:
        return _form_page(code, form, Shown(error=said(error), status=409))
    if saved.version is None:
        return _form_page(code, form, Shown(saved.what_if, has_changed=bool(form.agreed.data), status=409))
    sentence = gettext("Saved as version %(number)d.", number=saved.version.number)
    return onward("programmes.programme", code=entry.code, said=sentence)


def _form_page(code: str | None, form: ProgrammeForm, shown: Shown) -> ResponseReturnValue:
    found = shown.what_if
    counts = {effect: len(found.of(effect)) for effect in Effect} if found else {}
    first = [outcome for effect in Effect for outcome in found.of(effect)[:SHOWN]] if found else []
    return page(
        "qualification/programmes/edit.html",
        programme=queries.whole(session(), code) if code else None,
        form=form,
        shown=shown,
        counts=counts,
        rows=rows_of(session(), first, on=today()),
        effects=Effect,
        most=SHOWN,
        today=today(),
        status=shown.status,
    )

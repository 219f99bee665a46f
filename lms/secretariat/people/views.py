"""Pages: the list of people, and what is done with many of them at once."""

from dataclasses import replace
from typing import cast

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from courses import queries as courses
from lms.kernel.i18n import gettext
from lms.kernel.keyset import MANY
from lms.memoranda.rules import State
from lms.qualification.rules import Why
from lms.secretariat.people import bulk, queries, services
from lms.secretariat.people.columns import columns, needs_of, standing_of
from lms.secretariat.people.filters import FIND, Filters, Group, Sort
from lms.secretariat.people.forms import ALL, BulkForm, FindForm
from lms.secretariat.people.rules import BulkKind, Outcome, may_undo
from lms.secretariat.views import bp
from lms.web.access import me, secretariat_only
from lms.web.context import now, redrawing, session, today
from lms.web.pages import onward, page
from lms.web.tables import PLACE, Column, chosen, format_asked, send


@bp.get("/supporters")
@secretariat_only
def people() -> ResponseReturnValue:
    """Everybody, or whom the address asks for; as a file with `?format=`."""
    wanted = Filters.of_address(request.args)
    if _is_unreadable(wanted):
        return _search_again()
    kind = format_asked()
    if kind is not None:
        shown = chosen(_columns(), request.args)
        rows = queries.everybody(session(), wanted, needs=needs_of(shown), on=today())
        return send(shown, rows, format=kind, name=f"people-{today().isoformat()}")
    return _list(wanted, FindForm(data={"text": wanted.text, "since": wanted.since, "until": wanted.until}), BulkForm())


def _is_unreadable(wanted: Filters) -> bool:
    """Whether the search was sealed with a key that is no longer known: not simply everybody is meant."""
    return bool(request.args.get(FIND)) and not wanted.text


def _search_again() -> ResponseReturnValue:
    words = {name: word for name, word in request.args.to_dict().items() if name != FIND}
    return onward("secretariat.people", said=gettext("Please type your search once more."), **words)


@bp.post("/supporters")
@secretariat_only
def find_people() -> ResponseReturnValue:
    """Look for somebody, or plan something for many: what was typed must not stand in an address as it is."""
    if "whom" in request.form:
        return _plan()
    form = cast("FindForm", FindForm.of_request())
    wanted = replace(Filters.of_address(request.form), text=form.text.data or "")
    if not form.validate() and not redrawing():
        return _list(wanted, form, BulkForm(), status=422)
    wanted = replace(wanted, since=form.since.data, until=form.until.data)
    words = wanted.address()
    keys = {column.key for column in _columns() if column.shown}
    ticked = request.form.getlist("columns")
    if ticked and {*ticked, "name"} != keys:
        words["columns"] = ",".join(ticked)
    if redrawing() and PLACE in request.args:
        words[PLACE] = request.args[PLACE]
    return redirect(url_for("secretariat.people", **words), code=303)  # type: ignore[arg-type]


def _plan() -> ResponseReturnValue:
    wanted, form = Filters.of_address(request.args), cast("BulkForm", BulkForm.of_request())
    if _is_unreadable(wanted):
        return _search_again()
    ticked = queries.supporters_of(session(), request.form.getlist("who", type=int))
    valid = form.validate()
    everybody = form.whom.data == ALL
    if valid and not everybody and not ticked:
        form.refuse("whom", gettext("Tick the people in the list first, or choose all."))
        valid = False
    if not valid:
        find = FindForm(data={"text": wanted.text, "since": wanted.since, "until": wanted.until})
        return _list(wanted, find, form, status=422)
    action = services.plan(
        session(),
        kind=BulkKind(form.kind.data),
        people=queries.ids(session(), wanted, on=today()) if everybody else ticked,
        filters=wanted.words() if everybody else {},
        reason=form.reason.data or "",
        by=me(),
        now=now(),
    )
    return onward("secretariat.together", action_id=action.id)


def _columns() -> list[Column[queries.PersonRow]]:
    return columns(lectures=courses.lecture_rows(session(), supporter=me(), on=today()))


def _list(wanted: Filters, find: FindForm, together: BulkForm, *, status: int = 200) -> ResponseReturnValue:
    lectures = courses.lecture_rows(session(), supporter=me(), on=today())
    every = columns(lectures=lectures)
    shown = chosen(every, request.args)
    found = queries.people(session(), wanted, at=request.args.get(PLACE), needs=needs_of(shown), on=today())
    return page(
        "secretariat/people.html",
        wanted=wanted,
        find=find,
        together=together,
        ticked=set(request.form.getlist("who", type=int)),
        columns=every,
        shown=shown,
        values={column.key: column.value for column in shown},
        standing_of=standing_of,
        found=found,
        many=MANY,
        groups=Group,
        states=State,
        whys=Why,
        sorts=Sort,
        lectures=lectures,
        years=queries.years(session()),
        status=status,
    )


@bp.get("/supporters/together/<int:action_id>")
@secretariat_only
def together(action_id: int) -> ResponseReturnValue:
    """What a plan for many people would do to whom, before it is confirmed; after that, what it did."""
    action = bulk.action_of(session(), action_id)
    done = action.confirmed_at is not None
    found = bulk.result(session(), action) if done else bulk.preview(session(), action, now=now())
    able = sum(each.count for each in found if each.outcome is Outcome.DONE)
    waits = any(each.outcome is (Outcome.DONE if action.undone_at else None) for each in found)
    can_undo = (
        action.confirmed_at is not None
        and action.undone_at is None
        and able > 0
        and may_undo(action.kind, confirmed_at=action.confirmed_at, now=now())
    )
    return page(
        "secretariat/together.html",
        action=action,
        found=found,
        able=able,
        total=sum(each.count for each in found),
        waits=waits,
        can_undo=can_undo,
        batch=bulk.batch_of(session(), action),
    )


@bp.post("/supporters/together/<int:action_id>/confirm")
@secretariat_only
def confirm_together(action_id: int) -> ResponseReturnValue:
    """Do it; pressed twice it is done once."""
    services.confirm(session(), action_id=action_id, by=me(), now=now())
    return onward("secretariat.together", action_id=action_id)


@bp.post("/supporters/together/<int:action_id>/undo")
@secretariat_only
def undo_together(action_id: int) -> ResponseReturnValue:
    """Take it back as far as that is possible; pressed twice it is taken back once."""
    services.undo(session(), action_id=action_id, by=me(), now=now())
    return onward("secretariat.together", action_id=action_id)

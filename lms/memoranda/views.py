"""The paper cycle at the secretariat's desk."""

from collections.abc import Callable
from io import BytesIO
from typing import cast

from flask import Blueprint, request, send_file
from flask.typing import ResponseReturnValue

from lms.kernel.errors import DomainError, NotFound
from lms.kernel.history import steps_of
from lms.kernel.i18n import gettext
from lms.memoranda import queries, services
from lms.memoranda.forms import CheckedForm, PostedForm, ReturnedForm
from lms.memoranda.models import Memorandum
from lms.memoranda.rules import ORDER, Service, Signing, State, parse_number
from lms.supporters import queries as supporters
from lms.web.access import me, secretariat_only
from lms.web.context import house, now, session, today
from lms.web.errors import said
from lms.web.forms import BaseForm
from lms.web.pages import onward, page

bp = Blueprint("memoranda", __name__, url_prefix="/secretariat/memoranda")


@bp.get("")
@secretariat_only
def memoranda() -> ResponseReturnValue:
    """All memoranda by state, or the one whose number was typed or scanned."""
    typed = request.args.get("number", "").strip()
    if typed and (found := parse_number(typed)) is not None:
        return onward("memoranda.memorandum", memorandum_id=found)
    wanted = request.args.get("state")
    state = State(wanted) if wanted in set(State) else None
    return page(
        "memoranda/memoranda.html",
        rows=queries.listed(session(), state=state),
        counts=queries.counts(session()),
        state=state,
        typed=typed,
    )


@bp.get("/<int:memorandum_id>")
@secretariat_only
def memorandum(memorandum_id: int) -> ResponseReturnValue:
    """One memorandum: where it stands, its papers, its next step."""
    return _memorandum_page(queries.memorandum(session(), memorandum_id))


def _memorandum_page(
    memo: Memorandum, form: BaseForm | None = None, *, error: str | None = None
) -> ResponseReturnValue:
    forms: dict[State, BaseForm] = {
        State.PRINTED: PostedForm(data={"posted_on": today()}),
        State.POSTED: ReturnedForm(data={"returned_on": today()}),
        State.RETURNED: CheckedForm(),
    }
    fitting = forms.get(memo.state)  # a form sent twice belongs to a step that is over
    return page(
        "memoranda/memorandum.html",
        memorandum=memo,
        supporter=supporters.supporter(session(), memo.supporter_id),
        postings=queries.postings(session(), memo.id),
        history=steps_of(session(), kind="memorandum", subject=memo.id),
        order=ORDER,
        form=form if type(form) is type(fitting) else fitting,
        error=error,
        status=422 if form or error else 200,
    )


@bp.get("/<int:memorandum_id>/pack.pdf")
@secretariat_only
def pack(memorandum_id: int) -> ResponseReturnValue:
    """The papers as one PDF."""
    memo = queries.memorandum(session(), memorandum_id)
    if memo.pack_key is None:
        raise NotFound("The papers are not ready yet. Wait a moment, or ask for the address.")
    papers = BytesIO(house().storage.get(memo.pack_key))
    return send_file(papers, mimetype="application/pdf", download_name=f"{memo.number}.pdf", max_age=0)


@bp.post("/<int:memorandum_id>/render")
@secretariat_only
def render(memorandum_id: int) -> ResponseReturnValue:
    """Make the papers (again), with today's address."""
    memo = queries.memorandum(session(), memorandum_id)
    if services.owe_pack(session(), memorandum=memo, now=now()):
        return _done(memo, gettext("The papers are being made."))
    return _memorandum_page(memo, error=gettext("The papers cannot be made: the address is missing."))


@bp.post("/<int:memorandum_id>/printed")
@secretariat_only
def printed(memorandum_id: int) -> ResponseReturnValue:
    """The papers lie on the desk."""
    return _stepped(
        memorandum_id,
        lambda memo: services.mark_printed(session(), memorandum=memo, by=me(), now=now()),
        gettext("Marked as printed."),
    )


@bp.post("/<int:memorandum_id>/not-printed")
@secretariat_only
def not_printed(memorandum_id: int) -> ResponseReturnValue:
    """Undo a slip: it was not printed."""
    return _stepped(
        memorandum_id,
        lambda memo: services.unmark_printed(session(), memorandum=memo, by=me(), now=now()),
        gettext("Marked as not printed. The papers are made anew."),
    )


@bp.post("/<int:memorandum_id>/posted")
@secretariat_only
def posted(memorandum_id: int) -> ResponseReturnValue:
    """The envelope is on its way."""
    form = cast("PostedForm", PostedForm.of_request())
    return _stepped(
        memorandum_id,
        lambda memo: services.mark_posted(
            session(),
            memorandum=memo,
            posted_on=form.posted_on.data or today(),
            service=Service(form.service.data),
            tracking=form.tracking.data,
            by=me(),
            now=now(),
            today=today(),
        ),
        gettext("Marked as posted. A mail says that it is on its way."),
        form=form,
    )


@bp.post("/<int:memorandum_id>/returned")
@secretariat_only
def returned(memorandum_id: int) -> ResponseReturnValue:
    """The signed memorandum and the bank form are back."""
    form = cast("ReturnedForm", ReturnedForm.of_request())
    return _stepped(
        memorandum_id,
        lambda memo: services.mark_returned(
            session(),
            memorandum=memo,
            returned_on=form.returned_on.data or today(),
            signing=Signing(form.signing.data),
            by=me(),
            now=now(),
            today=today(),
        ),
        gettext("Marked as returned. Now look at both sheets."),
        form=form,
    )


@bp.post("/<int:memorandum_id>/checked")
@secretariat_only
def checked(memorandum_id: int) -> ResponseReturnValue:
    """Both sheets are in order."""
    form = cast("CheckedForm", CheckedForm.of_request())
    return _stepped(
        memorandum_id,
        lambda memo: services.mark_checked(
            session(),
            memorandum=memo,
            memorandum_right=bool(form.memorandum_right.data),
            bank_form_right=bool(form.bank_form_right.data),
            by=me(),
            now=now(),
        ),
        gettext("Marked as checked."),
        form=form,
    )


@bp.post("/<int:memorandum_id>/complete")
@secretariat_only
def complete(memorandum_id: int) -> ResponseReturnValue:
    """Filed: everything is in order."""
    return _stepped(
        memorandum_id,
        lambda memo: services.complete(session(), memorandum=memo, by=me(), now=now()),
        gettext("Complete. A mail says thank you."),
    )


def _stepped(
    memorandum_id: int, step: Callable[[Memorandum], object], done: str, *, form: BaseForm | None = None
) -> ResponseReturnValue:
    memo = queries.memorandum(session(), memorandum_id)
    if form is not None and not form.validate():
        return _memorandum_page(memo, form)
    try:
        step(memo)
        session().flush()  # somebody else may have been faster
    except DomainError as error:
        session().rollback()
        return _memorandum_page(queries.memorandum(session(), memorandum_id), form, error=said(error))
    return _done(memo, done)


def _done(memo: Memorandum, sentence: str) -> ResponseReturnValue:
    return onward("memoranda.memorandum", memorandum_id=memo.id, said=sentence)

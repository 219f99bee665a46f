"""The paper cycle at the secretariat's desk."""

from collections.abc import Callable
from typing import cast

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from lms.kernel.errors import DomainError, NotFound
from lms.kernel.history import steps_of
from lms.kernel.i18n import gettext
from lms.memoranda import queries, services
from lms.memoranda.batches import membership
from lms.memoranda.forms import CheckedForm, HoldForm, PostedForm, ReturnedForm, WithdrawForm
from lms.memoranda.lists import columns
from lms.memoranda.models import Memorandum
from lms.memoranda.returns import queries as returns
from lms.memoranda.returns.rules import way_reached
from lms.memoranda.returns.services import correct_address_of
from lms.memoranda.rules import NEXT, ORDER, Service, Signing, State, parse_number
from lms.supporters import queries as supporters
from lms.supporters.forms import AddressForm
from lms.web.access import me, secretariat_only
from lms.web.context import house, now, session, today
from lms.web.errors import said
from lms.web.forms import BaseForm, row_number
from lms.web.pages import onward, page, pdf
from lms.web.tables import PLACE, chosen, format_asked, send

bp = Blueprint("memoranda", __name__, url_prefix="/secretariat/memoranda")


@bp.get("")
@secretariat_only
def memoranda() -> ResponseReturnValue:
    """All memoranda by state and year, also as a file; or the one whose number was typed or scanned."""
    typed = request.args.get("number", "").strip()
    if typed and (found := parse_number(typed)) is not None:
        return onward("memoranda.memorandum", memorandum_id=found)
    state, year = request.args.get("state", type=State), request.args.get("year", type=row_number)
    every = columns()
    shown = chosen(every, request.args)
    if kind := format_asked():
        rows = queries.everything_listed(session(), state=state, year=year)
        return send(shown, rows, format=kind, name=f"memoranda-{today().isoformat()}")
    return page(
        "memoranda/memoranda.html",
        slice=queries.listed(session(), state=state, year=year, at=request.args.get(PLACE)),
        counts=queries.counts(session(), year=year),
        order=ORDER,
        years=queries.years(session()),
        columns=every,
        shown=shown,
        values={column.key: column.value for column in shown},
        state=state,
        year=year,
        typed=typed,
    )


@bp.get("/<int:memorandum_id>")
@secretariat_only
def memorandum(memorandum_id: int) -> ResponseReturnValue:
    """One memorandum: where it stands, its papers, its next step."""
    return _memorandum_page(queries.memorandum(session(), memorandum_id))


def _memorandum_page(
    memo: Memorandum, sent: BaseForm | None = None, *, error: str | None = None
) -> ResponseReturnValue:
    person = supporters.supporter(session(), memo.supporter_id)
    where = {"postal_code": person.postal_code, "address": person.address, "phone": person.phone}
    fresh: dict[State, list[BaseForm]] = {
        State.DUE: [HoldForm()],
        State.PRINTED: [PostedForm(data={"posted_on": today()})],
        State.POSTED: [ReturnedForm(data={"returned_on": today()})],
        State.RETURNED: [CheckedForm()],
        State.UNDELIVERABLE: [AddressForm(data=where)],
    }
    forms = {type(form): form for form in [*fresh.get(memo.state, []), WithdrawForm()]}
    if sent is not None and type(sent) in forms:  # a form sent twice belongs to a step that is over
        forms[type(sent)] = sent
    main, *_ = forms.values()
    came = returns.returns_of(session(), memo.id)
    return page(
        "memoranda/memorandum.html",
        memorandum=memo,
        supporter=person,
        postings=queries.postings(session(), memo.id),
        returns=came,
        history=steps_of(session(), kind="memorandum", subject=memo.id),
        in_batch=membership.batch_of(session(), memo.id),
        order=ORDER,
        reached=way_reached(
            memo.state, was_printed=memo.printed_at is not None, was_posted=memo.posting_id is not None
        ),
        nexts=NEXT[memo.state],
        form=main,
        withdraw_form=forms[WithdrawForm],
        sent=sent if sent is not None and sent in forms.values() else None,
        error=error,
        status=422 if sent or error else 200,
    )


@bp.get("/<int:memorandum_id>/pack.pdf")
@secretariat_only
def pack(memorandum_id: int) -> ResponseReturnValue:
    """The papers as one PDF."""
    memo = queries.memorandum(session(), memorandum_id)
    if memo.pack_key is None:
        raise NotFound("The papers are not ready yet. Wait a moment, or ask for the address.")
    return pdf(house().storage.get(memo.pack_key), f"{memo.number}.pdf")


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


@bp.post("/<int:memorandum_id>/hold")
@secretariat_only
def hold(memorandum_id: int) -> ResponseReturnValue:
    """Print nothing for now."""
    form = cast("HoldForm", HoldForm.of_request())
    return _stepped(
        memorandum_id,
        lambda memo: services.hold(session(), memorandum=memo, reason=form.hold_reason.data or "", by=me(), now=now()),
        gettext("Held back. Nothing is printed until you let it go."),
        form=form,
    )


@bp.post("/<int:memorandum_id>/let-go")
@secretariat_only
def let_go(memorandum_id: int) -> ResponseReturnValue:
    """What was held back or withdrawn is due again."""
    return _stepped(
        memorandum_id,
        lambda memo: services.let_go(session(), memorandum=memo, by=me(), now=now()),
        gettext("Due again. The papers are made anew."),
    )


@bp.post("/<int:memorandum_id>/withdraw")
@secretariat_only
def withdraw(memorandum_id: int) -> ResponseReturnValue:
    """It will not be concluded."""
    form = cast("WithdrawForm", WithdrawForm.of_request())
    return _stepped(
        memorandum_id,
        lambda memo: services.withdraw(
            session(), memorandum=memo, reason=form.withdraw_reason.data or "", by=me(), now=now()
        ),
        gettext("Withdrawn. Its number is not used again."),
        form=form,
    )


@bp.post("/<int:memorandum_id>/again")
@secretariat_only
def again(memorandum_id: int) -> ResponseReturnValue:
    """Lost on the way, or the sheets are needed once more: due again under the same number."""
    return _stepped(
        memorandum_id,
        lambda memo: services.post_again(session(), memorandum=memo, by=me(), now=now()),
        gettext("Due again. The papers are made anew."),
    )


@bp.post("/<int:memorandum_id>/address")
@secretariat_only
def correct_address(memorandum_id: int) -> ResponseReturnValue:
    """The supporter has told the right address by telephone; what could not be delivered is posted there."""
    form = cast("AddressForm", AddressForm.of_request())
    return _stepped(
        memorandum_id,
        lambda memo: correct_address_of(
            session(), memorandum=memo, address=form.value(), phone=form.phone.data, by=me(), now=now()
        ),
        gettext("Due again. The papers are made anew."),
        form=form,
    )


def _stepped(
    memorandum_id: int, step: Callable[[Memorandum], object], done: str, *, form: BaseForm | None = None
) -> ResponseReturnValue:
    memo = queries.memorandum(session(), memorandum_id)
    if form is not None and not form.validate():
        return _memorandum_page(memo, form)
    try:
        services.check_seen(memo, request.form.get("version", type=int))
        step(memo)
        session().flush()  # somebody else may have been faster
    except DomainError as error:
        session().rollback()
        return _memorandum_page(queries.memorandum(session(), memorandum_id), form, error=said(error))
    return _done(memo, done)


def _done(memo: Memorandum, sentence: str) -> ResponseReturnValue:
    return onward("memoranda.memorandum", memorandum_id=memo.id, said=sentence)

"""The pages of what comes back: the scanning field, one envelope, and what does not come."""

from collections.abc import Callable
from typing import cast

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from lms.kernel.errors import DomainError, NotFound
from lms.kernel.i18n import gettext
from lms.memoranda import queries as memoranda
from lms.memoranda import services as papers
from lms.memoranda.forms import PostedForm
from lms.memoranda.models import Memorandum, PaperReturn
from lms.memoranda.returns import queries, services
from lms.memoranda.returns.forms import CameBackForm, FaultForm, ReturnForm, ScanForm
from lms.memoranda.returns.lists import columns
from lms.memoranda.returns.rules import CAN_BE_LOOKED_AT, WAITS_FOR_PAPERS
from lms.memoranda.rules import Service, State, parse_number
from lms.supporters import queries as supporters
from lms.web.access import is_secretariat, me, secretariat_only, signed_in
from lms.web.context import house, now, session, today
from lms.web.errors import said
from lms.web.forms import BaseForm
from lms.web.pages import onward, page, pdf
from lms.web.tables import format_asked, send

codes = Blueprint("codes", __name__)
"""What the code on every sheet leads to."""

bp = Blueprint("returns", __name__, url_prefix="/secretariat/returns")

AT_ONCE = "checked"
"""What the main button of an envelope says: the sheets were looked at while they were entered."""


@codes.get("/r/<number>")
@signed_in
def sheet(number: str) -> ResponseReturnValue:
    """A telephone has read the code on a sheet: the secretariat enters it, a supporter sees how far it has come."""
    if not is_secretariat():
        return onward("qualification.my_training")
    found = queries.by_number(session(), number)
    if found is None:
        return _scanning_page(_refused(ScanForm(data={"number": number})), status=404)
    return onward("returns.envelope", memorandum_id=found.id)


@bp.get("")
@secretariat_only
def scan() -> ResponseReturnValue:
    """One field that a scanner types into, and what was entered last."""
    return _scanning_page(ScanForm())


@bp.post("")
@secretariat_only
def scanned() -> ResponseReturnValue:
    """On to the memorandum of the number."""
    form = cast("ScanForm", ScanForm.of_request())
    if not form.validate():
        return _scanning_page(form, status=422)
    found = queries.by_number(session(), form.number.data or "")
    if found is None:
        return _scanning_page(_refused(form), status=422)
    return onward("returns.envelope", memorandum_id=found.id)


def _refused(form: ScanForm) -> ScanForm:
    if parse_number(form.number.data or "") is None:
        form.refuse("number", gettext("This is no document number. Look at it again: it has three groups of digits."))
    else:
        form.refuse("number", gettext("There is no memorandum with this number."))
    return form


def _scanning_page(form: ScanForm, *, status: int = 200) -> ResponseReturnValue:
    return page("memoranda/returns.html", form=form, recent=queries.recent(session()), status=status)


@bp.get("/<int:memorandum_id>")
@secretariat_only
def envelope(memorandum_id: int) -> ResponseReturnValue:
    """One envelope: what is in it and what is wrong with that."""
    return _envelope_page(memoranda.memorandum(session(), memorandum_id))


def _envelope_page(memo: Memorandum, sent: BaseForm | None = None, *, error: str | None = None) -> ResponseReturnValue:
    fresh: list[BaseForm] = [
        ReturnForm(data={"has_bank_form": True, "returned_on": today()}),
        FaultForm(),
        CameBackForm(data={"came_back_on": today()}),
    ]
    forms = {type(form): form for form in fresh} | ({type(sent): sent} if sent else {})
    return page(
        "memoranda/return.html",
        memorandum=memo,
        supporter=supporters.supporter(session(), memo.supporter_id),
        earlier=queries.returns_of(session(), memo.id),
        waits=memo.state in WAITS_FOR_PAPERS,
        lies_here=memo.state in CAN_BE_LOOKED_AT,
        form=forms[ReturnForm],
        fault_form=forms[FaultForm],
        came_back_form=forms[CameBackForm],
        sent=sent,
        error=error,
        status=422 if sent or error else 200,
    )


@bp.post("/<int:memorandum_id>")
@secretariat_only
def enter(memorandum_id: int) -> ResponseReturnValue:
    """Enter an envelope; back to the scanning field for the next one."""
    form = cast("ReturnForm", ReturnForm.of_request())

    def record(memo: Memorandum) -> None:
        services.record_return(
            session(),
            memorandum=memo,
            returned_on=form.returned_on.data or today(),
            has_memorandum=form.has_memorandum(),
            signing=form.signed(),
            has_bank_form=bool(form.has_bank_form.data),
            faults=form.faults(),
            note=form.note.data or "",
            by=me(),
            now=now(),
            today=today(),
            seen_version=_seen(),
        )
        if memo.state is State.RETURNED and request.form.get("then") == AT_ONCE:
            papers.mark_checked(
                session(), memorandum=memo, memorandum_right=True, bank_form_right=True, by=me(), now=now()
            )

    return _done(memorandum_id, record, form=form)


@bp.post("/<int:memorandum_id>/undo")
@secretariat_only
def undo(memorandum_id: int) -> ResponseReturnValue:
    """A slip: it did not come back."""
    return _done(
        memorandum_id,
        lambda memo: services.undo_return(session(), memorandum=memo, by=me(), now=now(), seen_version=_seen()),
        said_of=lambda memo: gettext("%(number)s: taken back. It counts as not come back.", number=memo.number),
    )


@bp.post("/<int:memorandum_id>/fault")
@secretariat_only
def fault(memorandum_id: int) -> ResponseReturnValue:
    """Something is wrong with papers that lie here."""
    form = cast("FaultForm", FaultForm.of_request())
    return _done(
        memorandum_id,
        lambda memo: services.find_fault(
            session(),
            memorandum=memo,
            faults=form.faults(),
            note=form.note.data or "",
            by=me(),
            now=now(),
            seen_version=_seen(),
        ),
        form=form,
    )


@bp.post("/<int:memorandum_id>/undeliverable")
@secretariat_only
def undeliverable(memorandum_id: int) -> ResponseReturnValue:
    """The envelope itself came back, unopened."""
    form = cast("CameBackForm", CameBackForm.of_request())

    def mark(memo: Memorandum) -> None:
        papers.check_seen(memo, _seen())
        papers.mark_undeliverable(
            session(),
            memorandum=memo,
            came_back_on=form.came_back_on.data or today(),
            by=me(),
            now=now(),
            today=today(),
        )

    return _done(memorandum_id, mark, form=form)


def _seen() -> int | None:
    return request.form.get("version", type=int)


def _done(
    memorandum_id: int,
    step: Callable[[Memorandum], object],
    *,
    form: BaseForm | None = None,
    said_of: Callable[[Memorandum], str] | None = None,
) -> ResponseReturnValue:
    memo = memoranda.memorandum(session(), memorandum_id)
    if form is not None and not form.validate():
        return _envelope_page(memo, form)
    try:
        step(memo)
        session().flush()  # somebody else may have been faster
    except DomainError as error:
        session().rollback()
        return _envelope_page(memoranda.memorandum(session(), memorandum_id), form, error=said(error))
    return onward("returns.scan", said=(said_of or _what_followed)(memo))


def _what_followed(memo: Memorandum) -> str:
    name = supporters.supporter(session(), memo.supporter_id).display_name
    match memo.state:
        case State.CHECKED:
            sentence = gettext("%(number)s, %(name)s: everything is in order.", number=memo.number, name=name)
        case State.RETURNED:
            sentence = gettext("%(number)s, %(name)s: come back, still to be looked at.", number=memo.number, name=name)
        case State.UNDELIVERABLE:
            sentence = gettext(
                "%(number)s, %(name)s: not delivered. A mail asks for the address.", number=memo.number, name=name
            )
        case _:
            sentence = gettext(
                "%(number)s, %(name)s: something is missing. A mail says what, and a letter is being made.",
                number=memo.number,
                name=name,
            )
    return sentence


@bp.get("/<int:memorandum_id>/letter")
@secretariat_only
def letter(memorandum_id: int) -> ResponseReturnValue:
    """The letter that says what is missing, as a PDF."""
    memo, found = _newest(memorandum_id)
    if found is None or found.letter_key is None:
        raise NotFound("The letter is not ready yet. Wait a moment, or ask for the address.")
    return pdf(house().storage.get(found.letter_key), f"{memo.number}.pdf")


def _newest(memorandum_id: int) -> tuple[Memorandum, PaperReturn | None]:
    memo = memoranda.memorandum(session(), memorandum_id)
    found = queries.returns_of(session(), memo.id)
    return memo, found[-1] if found else None


@bp.post("/<int:memorandum_id>/letter")
@secretariat_only
def letter_posted(memorandum_id: int) -> ResponseReturnValue:
    """The letter is on its way."""
    form = cast("PostedForm", PostedForm.of_request())
    memo = memoranda.memorandum(session(), memorandum_id)
    if not form.validate():
        return _letter_page(memo, form)
    try:
        services.mark_follow_up_posted(
            session(),
            memorandum=memo,
            posted_on=form.posted_on.data or today(),
            service=Service(form.service.data),
            tracking=form.tracking.data,
            by=me(),
            now=now(),
            today=today(),
            seen_version=_seen(),
        )
        session().flush()
    except DomainError as error:
        session().rollback()
        return _letter_page(memoranda.memorandum(session(), memorandum_id), form, error=said(error))
    return onward("memoranda.memorandum", memorandum_id=memo.id, said=gettext("The letter counts as posted."))


@bp.get("/<int:memorandum_id>/letter/posted")
@secretariat_only
def post_letter(memorandum_id: int) -> ResponseReturnValue:
    """Print the letter, and say when it is on its way."""
    return _letter_page(memoranda.memorandum(session(), memorandum_id))


def _letter_page(memo: Memorandum, sent: BaseForm | None = None, *, error: str | None = None) -> ResponseReturnValue:
    _, found = _newest(memo.id)
    if found is None or memo.state is not State.INCOMPLETE:
        raise NotFound("There is no such page.")
    return page(
        "memoranda/return_letter.html",
        memorandum=memo,
        supporter=supporters.supporter(session(), memo.supporter_id),
        found=found,
        is_posted=services.is_followed_up(session(), found),
        form=sent or PostedForm(data={"posted_on": today()}),
        error=error,
        status=422 if sent or error else 200,
    )


@bp.get("/overdue")
@secretariat_only
def overdue() -> ResponseReturnValue:
    """Papers that did not come back although a mail has reminded of them, also as a file."""
    rows = queries.overdue(session(), on=today())
    if kind := format_asked():
        return send(columns(), rows, format=kind, name=f"overdue-{today().isoformat()}")
    return page("memoranda/returns_overdue.html", rows=rows)


@bp.post("/<int:memorandum_id>/wait")
@secretariat_only
def wait(memorandum_id: int) -> ResponseReturnValue:
    """Give somebody two weeks more."""
    memo = memoranda.memorandum(session(), memorandum_id)
    services.wait_longer(session(), memorandum=memo, by=me(), now=now(), today=today(), seen_version=_seen())
    return onward("returns.overdue", said=gettext("%(number)s: it is shown again in two weeks.", number=memo.number))

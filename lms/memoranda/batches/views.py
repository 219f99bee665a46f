"""Batches at the secretariat's desk: choosing, the proof sheet, papers and checklist, printed, posted."""

from collections.abc import Callable
from typing import cast

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from lms.kernel.errors import DomainError, NotFound
from lms.kernel.i18n import gettext, ngettext
from lms.memoranda.batches import checklist as lists
from lms.memoranda.batches import queries, services, words
from lms.memoranda.batches.forms import NewForm, PostingForm, ReleaseForm
from lms.memoranda.batches.posting import Filled, filled
from lms.memoranda.batches.proof import proof
from lms.memoranda.batches.services import Order
from lms.memoranda.models import Batch, Memorandum
from lms.memoranda.rules import OPEN_BATCH, BatchState, Service
from lms.web.access import me, secretariat_only
from lms.web.context import house, now, session, today
from lms.web.errors import STATUS, said
from lms.web.forms import BaseForm, row_number
from lms.web.pages import onward, page, pdf

MOST_PAGES = 10**5

bp = Blueprint("batches", __name__, url_prefix="/secretariat/memoranda/batches")


@bp.get("")
@secretariat_only
def batches() -> ResponseReturnValue:
    """All batches, the newest first."""
    number = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    total = queries.count(session())
    return page(
        "memoranda/batches.html",
        rows=queries.listed(session(), page=number),
        total=total,
        number=number,
        pages=max(1, -(-total // queries.PAGE)),
        waiting=queries.waiting(session()),
    )


@bp.get("/new")
@secretariat_only
def new() -> ResponseReturnValue:
    """How much could be put into a batch, and in which order."""
    return _new_page(NewForm())


@bp.post("/new")
@secretariat_only
def make() -> ResponseReturnValue:
    """A batch of what was ticked, or of everything that is due."""
    form = NewForm.of_request()
    ticked = request.form.getlist("memorandum", type=row_number)
    if request.form.get("all"):
        ticked = queries.choosable(session(), most=services.MOST)
    elif not ticked:
        return _new_page(form, error=gettext("Tick at least one memorandum, or take all that are due."))
    order = Order(form["order"].data) if form["order"].data in set(Order) else Order.POSTCODE
    try:
        made = services.make(session(), memorandum_ids=ticked, by=me(), now=now(), order=order)
    except DomainError as error:
        session().rollback()
        return _new_page(form, error=said(error), status=STATUS[type(error)])
    left = len(set(ticked)) - len(queries.places(session(), made.id))
    sentence = gettext("Batch %(number)s is made. Look at the proof sheet.", number=made.id)
    if left:
        others = ngettext(
            "One memorandum was left out: it is not due any more or lies in another batch.",
            "%(num)d memoranda were left out: they are not due any more or lie in another batch.",
            left,
        )
        sentence = f"{sentence} {others}"
    return onward("batches.batch", batch_id=made.id, said=sentence)


def _new_page(form: BaseForm, *, error: str | None = None, status: int = 422) -> ResponseReturnValue:
    return page(
        "memoranda/batch_new.html",
        form=form,
        waiting=queries.waiting(session()),
        most=services.MOST,
        error=error,
        status=status if error else 200,
    )


@bp.get("/<int:batch_id>")
@secretariat_only
def batch(batch_id: int) -> ResponseReturnValue:
    """One batch: where it stands, its envelopes and what they ask, its next step."""
    return _batch_page(queries.batch(session(), batch_id))


@bp.get("/<int:batch_id>/papers/<int:part>")
@secretariat_only
def papers(batch_id: int, part: int) -> ResponseReturnValue:
    """The papers of the batch in the order of the envelopes, or one part of them."""
    keys = queries.batch(session(), batch_id).pdf_keys
    if not 1 <= part <= len(keys):
        raise NotFound("The papers are not ready yet. Wait a moment.")
    return pdf(house().storage.get(keys[part - 1]), f"batch-{batch_id}-{part}.pdf")


@bp.get("/<int:batch_id>/checklist")
@secretariat_only
def checklist(batch_id: int) -> ResponseReturnValue:
    """The list that lies beside the envelopes while they are filled."""
    found = queries.batch(session(), batch_id)
    list_of_all = lists.checklist(found, queries.places(session(), batch_id), on=today())
    return pdf(list_of_all, f"batch-{batch_id}-checklist.pdf")


@bp.post("/<int:batch_id>/order")
@secretariat_only
def order(batch_id: int) -> ResponseReturnValue:
    """Another order of the envelopes."""
    wanted = Order.DUE if request.form.get("order") == Order.DUE else Order.POSTCODE
    return _stepped(
        batch_id,
        lambda found: services.put_in_order(
            session(), batch=found, order=wanted, by=me(), now=now(), seen_version=_seen()
        ),
        gettext("The envelopes lie in the order you chose."),
    )


@bp.post("/<int:batch_id>/accept")
@secretariat_only
def accept(batch_id: int) -> ResponseReturnValue:
    """Let be what was found about an envelope."""
    return _stepped(
        batch_id,
        lambda found: services.accept_finding(
            session(),
            batch=found,
            memorandum_id=_memorandum(),
            keys=request.form.get("keys", "").split(),
            by=me(),
            now=now(),
        ),
        gettext("Noted: it is right as it is."),
    )


@bp.post("/<int:batch_id>/take-out")
@secretariat_only
def take_out(batch_id: int) -> ResponseReturnValue:
    """Leave one envelope out."""
    return _stepped(
        batch_id,
        lambda found: services.take_out(session(), batch=found, memorandum_id=_memorandum(), by=me(), now=now()),
        gettext("Taken out of the batch. The memorandum is due as before."),
    )


@bp.post("/<int:batch_id>/release")
@secretariat_only
def release(batch_id: int) -> ResponseReturnValue:
    """Let the papers be printed."""
    form = ReleaseForm.of_request()
    return _stepped(
        batch_id,
        lambda found: services.release(
            session(),
            batch=found,
            service=Service(form["service"].data),
            by=me(),
            now=now(),
            today=today(),
            seen_version=_seen(),
        ),
        gettext("Released. The papers are being made."),
        form=form,
    )


@bp.post("/<int:batch_id>/back-to-proof")
@secretariat_only
def unrelease(batch_id: int) -> ResponseReturnValue:
    """Back to the proof sheet."""
    return _stepped(
        batch_id,
        lambda found: services.unrelease(session(), batch=found, by=me(), now=now(), seen_version=_seen()),
        gettext("Back to the proof sheet. Nothing is printed before it is released again."),
    )


@bp.post("/<int:batch_id>/printed")
@secretariat_only
def printed(batch_id: int) -> ResponseReturnValue:
    """All papers lie on the desk."""
    return _stepped(
        batch_id,
        lambda found: services.mark_printed(session(), batch=found, by=me(), now=now(), seen_version=_seen()),
        gettext("All papers of this batch are marked as printed."),
    )


@bp.post("/<int:batch_id>/not-printed")
@secretariat_only
def not_printed(batch_id: int) -> ResponseReturnValue:
    """Undo a slip: nothing was printed."""
    return _stepped(
        batch_id,
        lambda found: services.unmark_printed(session(), batch=found, by=me(), now=now(), seen_version=_seen()),
        gettext("Marked as not printed. The papers are made anew."),
    )


@bp.post("/<int:batch_id>/cancel")
@secretariat_only
def cancel(batch_id: int) -> ResponseReturnValue:
    """Call the batch off."""
    return _stepped(
        batch_id,
        lambda found: services.cancel(session(), batch=found, by=me(), now=now(), seen_version=_seen()),
        gettext("The batch is called off. Its memoranda are due as before."),
    )


@bp.post("/<int:batch_id>/posted")
@secretariat_only
def posted(batch_id: int) -> ResponseReturnValue:
    """Look at the pairs of envelopes and tracking numbers, or mark all envelopes as posted."""
    found = queries.batch(session(), batch_id)
    form = cast("PostingForm", PostingForm.of_request())
    order = [place.memorandum.id for place in queries.places(session(), batch_id)]
    sent = filled(form, request.form, order=order)
    valid, looks = form.validate(), request.form.get("step") == "look"
    if found.state is BatchState.PRINTED and (looks or not valid or not sent.may_be_kept):
        return _batch_page(found, posting=sent, status=200 if looks and valid else 422)
    return _stepped(
        batch_id,
        lambda found: services.mark_posted(
            session(),
            batch=found,
            posted_on=form.posted_on.data or today(),
            service=sent.service,
            tracking=sent.numbers,
            by=me(),
            now=now(),
            today=today(),
            seen_version=_seen(),
        ),
        gettext("Marked as posted. A mail says that it is on its way to each of them."),
        sent=sent,
    )


def _seen() -> int:
    """The version of the batch that was on the page; a form without it has seen none."""
    return request.form.get("version", -1, type=int)


def _memorandum() -> int:
    return request.form.get("memorandum", -1, type=int)


def _stepped(
    batch_id: int,
    step: Callable[[Batch], list[Memorandum] | None],
    done: str,
    *,
    form: BaseForm | None = None,
    sent: Filled | None = None,
) -> ResponseReturnValue:
    found = queries.batch(session(), batch_id)
    if form is not None and not form.validate():
        return _batch_page(found, release=form, status=422)
    try:
        gone = step(found)
        session().flush()  # somebody else may have been faster
    except DomainError as error:
        session().rollback()
        found = queries.batch(session(), batch_id)
        return _batch_page(found, posting=sent, error=said(error), status=STATUS[type(error)])
    if gone:
        numbers = ", ".join(memo.number for memo in gone)
        moved = gettext("Taken out, because they have changed meanwhile: %(numbers)s.", numbers=numbers)
        done = f"{done} {moved}"
    return onward("batches.batch", batch_id=batch_id, said=done)


def _batch_page(
    found: Batch,
    *,
    release: BaseForm | None = None,
    posting: Filled | None = None,
    error: str | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    envelopes = proof(session(), found) if found.state in OPEN_BATCH else []
    places = [] if envelopes else queries.places(session(), found.id)
    history = queries.history(session(), found.id)
    if posting is None and found.state is BatchState.PRINTED:
        fresh = PostingForm(data={"posted_on": today(), "service": found.service})
        posting = filled(fresh, {}, order=[envelope.memorandum.id for envelope in envelopes])
    offers = services.offers_for(envelopes, on=today()) if found.state is BatchState.CHOSEN else []
    suggested = offers[0].service.value if offers else None
    return page(
        "memoranda/batch.html",
        batch=found,
        envelopes=envelopes,
        places=places,
        taken_out=queries.taken_out(session(), found.id),
        offers=offers,
        weight=max((services.weight_for(envelope.supporter) for envelope in envelopes), default=0),
        release=release or ReleaseForm(data={"service": suggested}),
        posting=posting if found.state is BatchState.PRINTED else None,
        history=history,
        names=queries.names_of(session(), {entry.by_id for entry in history if entry.by_id}),
        finding_sentence=words.finding_sentence,
        doubt_sentence=words.doubt_sentence,
        error=error,
        status=status,
    )

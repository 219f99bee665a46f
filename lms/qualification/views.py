"""My training, sending a survey, and the secretariat's review: pages whose press can make somebody qualify."""

from typing import cast

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue

from courses import queries as courses
from lms.kernel.errors import NotFound, Refused
from lms.kernel.history import steps_of
from lms.kernel.i18n import gettext
from lms.kernel.identity import SupporterId
from lms.memoranda import queries as memoranda
from lms.memoranda.returns import queries as returns
from lms.memoranda.returns.services import address_is_right
from lms.qualification import queries, response_columns, services
from lms.qualification.forms import MoveOnForm, ReturnForm
from lms.qualification.next_step import next_step
from lms.qualification.reasons import reasons
from lms.supporters import queries as supporters
from lms.supporters.forms import AddressForm
from lms.web.access import me, secretariat_only, signed_in
from lms.web.context import now, session, today
from lms.web.errors import said
from lms.web.pages import onward, page
from lms.web.tables import PLACE, chosen, format_asked, send
from surveys import queries as surveys
from surveys.questions import answers_in, form_for
from surveys.rules import ResponseState
from surveys.views import answers_read, form_page, questions_of

bp = Blueprint("qualification", __name__)
"""Pages of supporters."""

desk = Blueprint("review", __name__, url_prefix="/secretariat")
"""Pages of the secretariat."""


@bp.get("/my-training")
@signed_in
def my_training() -> ResponseReturnValue:
    """Who one is here, what is done, what is missing and why, and the one thing to do now."""
    person = supporters.supporter(session(), me())
    lectures = courses.lecture_rows(session(), supporter=me(), on=today())
    found = queries.programme_on(session(), on=today())
    assessment = queries.assessment_of(session(), supporter=me(), on=today())
    responses = {h.lecture: h.state for h in surveys.held(session(), supporter=me())}
    papers = memoranda.of_supporter(session(), me())
    return page(
        "qualification/my_training.html",
        supporter=person,
        programme=courses.programme_row(session(), on=today()),
        is_open=found is not None and found[1].runs_on(today()),
        lectures=lectures,
        responses=responses,
        assessment=assessment,
        reasons=reasons(assessment.missing, lectures),
        qualification=queries.decision_of(session(), me()),
        papers=papers[0] if papers else None,
        faults=returns.faults_now(session(), papers[0]) if papers else (),
        step=next_step(
            assessment,
            lectures=lectures,
            responses=responses,
            papers=papers[0].state if papers else None,
            has_address=person.postal_address is not None,
        ),
    )


@bp.post("/surveys/<code>")
@signed_in
def submit_survey(code: str) -> ResponseReturnValue:
    """Send a survey; what cannot be sent is shown again with everything that was typed."""
    entry = questions_of(code)
    form = form_for(entry).of_request()
    if not form.validate():
        response = surveys.response_of(session(), supporter=me(), lecture_code=code)
        return form_page(code, form, response, status=422)
    try:
        services.submit_survey(session(), supporter=me(), lecture=code, answers=answers_in(form, entry), now=now())
    except Refused as error:
        flash(said(error), "wrong")
        return form_page(code, form, None, status=422)
    return onward("qualification.my_training", said=gettext("Thank you. Your answers have arrived."))


@bp.get("/my-training/accompany")
@signed_in
def accompany() -> ResponseReturnValue:
    """What changes for a trainee or learner who wishes to accompany people."""
    return page("qualification/accompany.html", form=MoveOnForm())


@bp.post("/my-training/accompany")
@signed_in
def move_on() -> ResponseReturnValue:
    """From today the rules for accompanying hold; what was answered before counts."""
    form = cast("MoveOnForm", MoveOnForm.of_request())
    if not form.validate():
        return page("qualification/accompany.html", form=form, status=422)
    services.move_on(session(), supporter=me(), experienced=form.experienced.data == "yes", now=now())
    return onward("qualification.my_training", said=gettext("From today you are on the way to accompanying people."))


@bp.get("/my-address")
@signed_in
def address() -> ResponseReturnValue:
    """Where papers are posted."""
    person = supporters.supporter(session(), me())
    data = {"postal_code": person.postal_code, "address": person.address, "phone": person.phone}
    return _address_page(AddressForm(data=data))


def _address_page(form: AddressForm, *, status: int = 200) -> ResponseReturnValue:
    return page(
        "qualification/address.html",
        form=form,
        supporter=supporters.supporter(session(), me()),
        came_back=returns.came_back(session(), supporter=me()),
        status=status,
    )


@bp.post("/my-address/right")
@signed_in
def confirm_address() -> ResponseReturnValue:
    """The address is right although an envelope came back: it is posted again, once."""
    address_is_right(session(), supporter=me(), by=me(), now=now())
    return onward("qualification.my_training", said=gettext("Thank you. We post your papers again."))


@bp.post("/my-address")
@signed_in
def change_address() -> ResponseReturnValue:
    """A new address; papers not printed yet are made anew."""
    form = cast("AddressForm", AddressForm.of_request())
    if not form.validate():
        return _address_page(form, status=422)
    services.change_address(session(), supporter=me(), address=form.value(), phone=form.phone.data, now=now())
    return onward("qualification.my_training", said=gettext("Your address is saved."))


@desk.get("/responses")
@secretariat_only
def responses_waiting() -> ResponseReturnValue:
    """Responses of a state, the one that has waited longest first, and experience to confirm; as a file too."""
    state = request.args.get("state", ResponseState.SUBMITTED, type=ResponseState)
    if state is ResponseState.DRAFT:
        raise NotFound("There is no such page.")
    lecture, every = request.args.get("lecture") or None, response_columns.columns()
    shown, kind = chosen(every, request.args), format_asked()
    if kind is not None:
        rows = surveys.whole_queue(session(), state=state, lecture=lecture)
        return send(shown, rows, format=kind, name=f"responses-{today().isoformat()}")
    return page(
        "qualification/responses.html",
        state=state,
        lecture=lecture,
        counts=surveys.counts(session()),
        found=surveys.queue(session(), state=state, lecture=lecture, at=request.args.get(PLACE)),
        columns=every,
        shown=shown,
        lectures=courses.lecture_rows(session(), supporter=me(), on=today()),
        experienced=queries.experience_waiting(session()),
    )


@desk.get("/responses/<int:response_id>")
@secretariat_only
def response(response_id: int) -> ResponseReturnValue:
    """One response, to accept or to return."""
    return _response_page(response_id, ReturnForm())


def _response_page(response_id: int, form: ReturnForm, *, status: int = 200) -> ResponseReturnValue:
    found = surveys.response(session(), response_id)
    return page(
        "qualification/response.html",
        response=found,
        supporter=supporters.supporter(session(), found.supporter_id),
        answers=answers_read(found),
        form=form,
        history=steps_of(session(), kind="response", subject=response_id),
        next_to_read=surveys.next_to_read(session(), after=found),
        status=status,
    )


def _writer_of(response_id: int) -> str:
    return supporters.supporter(session(), surveys.response(session(), response_id).supporter_id).display_name


def _to_next_response(response_id: int, sentence: str) -> ResponseReturnValue:
    """On to the next response that waits, or to the list when that was the last."""
    following = surveys.next_to_read(session(), after=surveys.response(session(), response_id))
    if following is None:
        return onward("review.responses_waiting", said=sentence)
    return onward("review.response", said=sentence, response_id=following)


@desk.post("/responses/<int:response_id>/accept")
@secretariat_only
def accept(response_id: int) -> ResponseReturnValue:
    """Accept a response, say what followed from it, and go on to the next."""
    version = request.form.get("version", type=int)
    qualifies = services.accept_response(session(), response_id=response_id, version=version, by=me(), now=now())
    name = _writer_of(response_id)
    if qualifies:
        sentence = gettext("Accepted. %(name)s qualifies, and the papers are due.", name=name)
    else:
        sentence = gettext("The answers of %(name)s are accepted.", name=name)
    return _to_next_response(response_id, sentence)


@desk.post("/responses/<int:response_id>/return")
@secretariat_only
def return_response(response_id: int) -> ResponseReturnValue:
    """Give a response back with a comment."""
    form = cast("ReturnForm", ReturnForm.of_request())
    if not form.validate():
        return _response_page(response_id, form, status=422)
    services.return_response(
        session(),
        response_id=response_id,
        version=request.form.get("version", type=int),
        comment=form.comment.data or "",
        by=me(),
        now=now(),
    )
    sentence = gettext("Returned. A mail tells %(name)s.", name=_writer_of(response_id))
    return _to_next_response(response_id, sentence)


@desk.post("/supporters/<int:supporter_id>/experience")
@secretariat_only
def confirm_experience(supporter_id: int) -> ResponseReturnValue:
    """Confirm that somebody is experienced."""
    made = services.confirm_experience(session(), supporter=SupporterId(supporter_id), by=me(), now=now())
    due = gettext("Confirmed. This person qualifies, and the papers are due.")
    return onward("review.responses_waiting", said=due if made else gettext("Confirmed. This person qualifies."))

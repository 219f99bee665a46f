"""Reporting a wrong sentence from any page, and the desk's list of reports."""

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from lms.kernel.errors import Refused
from lms.kernel.i18n import current_language, gettext, known
from lms.web.access import current_person, me, public, secretariat_only
from lms.web.context import now, session
from lms.web.errors import said
from lms.web.pages import can_be_opened, onward, page
from lms.wording import queries, services
from lms.wording.forms import WrongSentenceForm

bp = Blueprint("wording", __name__)
desk = Blueprint("wording_desk", __name__, url_prefix="/secretariat")


@bp.get("/wrong-sentence")
@public
def wrong_sentence() -> ResponseReturnValue:
    """The form, for the page in `page`, in whose language the sentence stands."""
    form = WrongSentenceForm(page=request.args.get("page"), locale=current_language().code)
    return page("wording/wrong_sentence.html", form=form)


@bp.post("/wrong-sentence")
@public
def report() -> ResponseReturnValue:
    """Keep the report and go back to the page it is about."""
    form = WrongSentenceForm.of_request()
    if not form.validate():
        return page("wording/wrong_sentence.html", form=form, status=422)
    about = form["page"].data
    target, person = about if can_be_opened(about) else "/", current_person()
    try:
        services.report(
            session(),
            page=target,
            locale=known(form["locale"].data),
            sentence=form["sentence"].data or "",
            better=form["better"].data or "",
            by=person.id if person else None,
            now=now(),
        )
    except Refused as error:
        form.refuse("sentence", said(error))
        return page("wording/wrong_sentence.html", form=form, status=422)
    flash(gettext("Thank you. The secretariat will read this."), "good")
    return redirect(target, code=303)


@desk.get("/wrong-sentences")
@secretariat_only
def wrong_sentences() -> ResponseReturnValue:
    """Reports to see to, each with its page and its message."""
    return page("wording/wrong_sentences.html", reports=queries.open_reports(session()))


@desk.post("/wrong-sentences/<int:report_id>/settle")
@secretariat_only
def settle(report_id: int) -> ResponseReturnValue:
    """The sentence has been seen to."""
    services.settle(session(), report_id=report_id, by=me(), now=now())
    return onward("wording_desk.wrong_sentences", said=gettext("Settled."))

"""The page on which a lecture's survey is answered, with its drafts.

Sending it belongs to qualification, which may follow.
"""

from flask import Blueprint, jsonify, url_for
from flask.typing import ResponseReturnValue

from courses import queries as courses
from lms.kernel.i18n import gettext, text_in
from lms.web.access import me, signed_in
from lms.web.context import now, session, today
from lms.web.filters import machine_time, time_of_day
from lms.web.forms import BaseForm
from lms.web.pages import onward, page
from surveys import queries, services
from surveys.models import Response
from surveys.questions import answers_in, field_data, form_for, read_aloud
from surveys.rules import EDITABLE
from surveys.survey_file import SurveyEntry

bp = Blueprint("surveys", __name__, url_prefix="/surveys")


@bp.get("/<code>")
@signed_in
def survey(code: str) -> ResponseReturnValue:
    """The form with what was typed so far, or one's answers once they were sent."""
    response = queries.response_of(session(), supporter=me(), lecture_code=code)
    if response is not None and response.state not in EDITABLE:
        return page(
            "surveys/sent.html",
            lecture=courses.lecture(session(), code),
            response=response,
            answers=answers_read(response),
        )
    entry = questions_of(code)
    data = field_data(response.answers, entry) if response else {}
    return form_page(code, form_for(entry)(data=data), response)


@bp.post("/<code>/draft")
@signed_in
def save_draft(code: str) -> ResponseReturnValue:
    """Keep what was typed so far; called by the page itself and by its "save for later" button."""
    entry = questions_of(code)
    services.save_draft(
        session(), supporter=me(), lecture=code, answers=answers_in(form_for(entry).of_request(), entry), now=now()
    )
    return jsonify(stamp=machine_time(now()), text=gettext("Saved %(when)s", when=time_of_day(now())))


@bp.post("/<code>/later")
@signed_in
def save_for_later(code: str) -> ResponseReturnValue:
    """The "save and go on later" button, for browsers without JavaScript too."""
    save_draft(code)
    return onward("qualification.my_training", said=gettext("Your answers are saved. You can go on whenever you like."))


def questions_of(code: str) -> SurveyEntry:
    """The questions asked today."""
    return queries.entry_of(queries.newest_version(session(), code))


def form_page(code: str, form: BaseForm, response: Response | None, *, status: int = 200) -> ResponseReturnValue:
    """The form's page, also after a refusal."""
    lecture = courses.lecture_row(session(), code=code, supporter=me(), on=today())
    return page(
        "surveys/survey.html",
        lecture=lecture,
        form=form,
        response=response,
        questions=questions_of(code).questions,
        status=status,
        draft_url=url_for("surveys.save_draft", code=code),
    )


def answers_read(response: Response) -> list[tuple[str, list[str]]]:
    """Questions and answers of a response in the reader's words."""
    entry = queries.entry_of(response.survey_version)
    return [(text_in(q.text), read_aloud(q, response.answers.get(q.code))) for q in entry.questions]

"""The desk's own pages: what waits today, people, one person."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from courses import queries as courses
from lms.kernel.i18n import gettext
from lms.kernel.identity import SupporterId
from lms.memoranda import queries as memoranda
from lms.memoranda.rules import State
from lms.qualification import queries as qualification
from lms.qualification.reasons import reasons
from lms.qualification.rules import Why
from lms.secretariat import queries
from lms.secretariat.funnel import queries as funnel
from lms.secretariat.funnel.rules import STILL_FOR, Gap, last_months, months_of, together, year_starts
from lms.secretariat.notes import queries as note_queries
from lms.secretariat.notes import services as notes
from lms.secretariat.notes.forms import NoteForm
from lms.secretariat.people.filters import Group
from lms.secretariat.person import queries as person_queries
from lms.secretariat.person.queries import Kind
from lms.secretariat.person.rules import Situation, turns
from lms.secretariat.queries import Task, Work
from lms.supporters import queries as supporters
from lms.supporters.mail import subject_of
from lms.supporters.models import Supporter
from lms.web.access import me, secretariat_only
from lms.web.context import house, now, session, today
from lms.web.forms import BaseForm
from lms.web.pages import onward, page
from surveys import queries as surveys
from surveys.rules import ResponseState

MOST_PAGES = 10**6
NOTES_SHOWN = 20

# Of each task the list of all things, the page of one, and the name of its argument; all others are about memoranda.
PLACES = {
    Task.READ: ("review.responses_waiting", "review.response", "response_id"),
    Task.CONFIRM: ("review.responses_waiting", "secretariat.person", "supporter_id"),
    Task.PROVE: ("batches.batches", "batches.batch", "batch_id"),
    Task.OVERDUE: ("returns.overdue", "memoranda.memorandum", "memorandum_id"),
    Task.MAIL: ("failures.mails", "failures.mails", ""),
    Task.WORK: ("failures.work", "failures.work", ""),
    Task.REWORD: ("wording_desk.wrong_sentences", "wording_desk.wrong_sentences", ""),
}

# The words of the people list's address that come nearest to a gap; for all others everybody on the way.
EVERYBODY_AT: dict[Gap, dict[str, Any]] = {
    Gap.ONE_SHORT: {"why": Why.SURVEY_MISSING, "only": "1"},
    Gap.NO_ADDRESS: {"why": Why.ADDRESS_MISSING},
    Gap.NOT_RETURNED: {"papers": State.POSTED},
}

bp = Blueprint("secretariat", __name__, url_prefix="/secretariat")


@bp.get("")
@secretariat_only
def overview() -> ResponseReturnValue:
    """Today's work first; how far people have come, all of them or those of a 年度; who has stood still for long."""
    years = funnel.years(session(), on=today())
    asked = request.args.get("year", str(years[0]) if len(years) == 1 else "")
    year = next((year for year in years if str(year) == asked), None)
    starts = year_starts(years) if year is None else months_of(year, on=today())
    cohorts = funnel.cohorts(session(), starts=starts)
    return page(
        "secretariat/overview.html",
        today=today(),
        work=[(each, *_places(each)) for each in queries.work(session(), on=today())],
        recordings=queries.waiting(session()).recordings,
        years=years,
        year=year,
        cohorts=cohorts,
        together=together(cohorts),
        registrations=funnel.registrations(session(), starts=last_months(today()) if year is None else starts),
        stuck=[(each, _everybody_at(each.gap)) for each in funnel.stuck(session(), now=now())],
        still_for=STILL_FOR,
    )


def _places(each: Work) -> tuple[str, str]:
    """Where all things of a task are, and where the oldest of them is."""
    paper = next((state for state, task in queries.PAPER_TASKS.items() if task is each.task), None)
    every, one, argument = PLACES.get(each.task, ("memoranda.memoranda", "memoranda.memorandum", "memorandum_id"))
    narrowed: dict[str, Any] = {"state": paper} if paper else {}
    oldest: dict[str, Any] = {argument: each.oldest} if argument else {}
    if each.batch is not None:
        one, oldest = "batches.batch", {"batch_id": each.batch}
    return url_for(every, **narrowed), url_for(one, **oldest)


def _everybody_at(gap: Gap) -> str:
    """The list of people narrowed to those who stand at a gap, whether for long or not."""
    return url_for("secretariat.people", **EVERYBODY_AT.get(gap, {"group": Group.ON_THE_WAY}))


@bp.get("/supporters/<int:supporter_id>")
@secretariat_only
def person(supporter_id: int) -> ResponseReturnValue:
    """One person: whose turn it is, where they stand and why, what they saw and answered, everything that happened."""
    return _person_page(SupporterId(supporter_id), note=NoteForm())


@bp.post("/supporters/<int:supporter_id>/notes")
@secretariat_only
def write_note(supporter_id: int) -> ResponseReturnValue:
    """Keep a note about somebody."""
    form = NoteForm.of_request()
    if not form.validate():
        return _person_page(SupporterId(supporter_id), note=form, status=422)
    notes.write(session(), supporter=SupporterId(supporter_id), text=form["text"].data, by=me(), now=now())
    return onward("secretariat.person", supporter_id=supporter_id, said=gettext("The note is kept."), _anchor="notes")


@bp.post("/supporters/<int:supporter_id>/notes/<int:note_id>/strike-out")
@secretariat_only
def strike_out_note(supporter_id: int, note_id: int) -> ResponseReturnValue:
    """A note no longer holds."""
    notes.strike_out(session(), supporter=SupporterId(supporter_id), note_id=note_id, by=me(), now=now())
    return onward("secretariat.person", supporter_id=supporter_id, said=gettext("Struck out."), _anchor="notes")


def _person_page(supporter_id: SupporterId, *, note: BaseForm, status: int = 200) -> ResponseReturnValue:
    """The page of one person, with a note as it was typed."""
    supporter = supporters.supporter(session(), supporter_id)
    lectures = courses.lecture_rows(session(), supporter=supporter_id, on=today())
    assessment = qualification.assessment_of(session(), supporter=supporter_id, on=today())
    held = surveys.held(session(), supporter=supporter_id)
    papers = memoranda.of_supporter(session(), supporter_id)
    out = person_queries.open_papers(session(), papers[0] if papers else None)
    waiting = [answer for answer in held if answer.state is ResponseState.SUBMITTED]
    situation = Situation(
        to_read=len(waiting),
        experience_waits=any(missing.why is Why.EXPERIENCE_WAITS for missing in assessment.missing),
        papers=papers[0].state if papers else None,
        has_pack=bool(papers and papers[0].pack_key),
        has_address=supporter.postal_address is not None,
        days_out=(today() - out.posted_on).days if out.posted_on else None,
        failed_mails=person_queries.failed_mails(session(), supporter=supporter_id),
    )
    return page(
        "secretariat/person.html",
        status=status,
        supporter=supporter,
        standing=supporters.open_standing(session(), supporter_id),
        lectures=lectures,
        responses={answer.lecture: answer for answer in held},
        to_read=sorted(waiting, key=lambda answer: answer.submitted_on or today()),
        assessment=assessment,
        reasons=reasons(assessment.missing, lectures),
        qualification=qualification.decision_of(session(), supporter_id),
        memoranda=papers,
        out=out,
        turns=turns(situation),
        note=note,
        **_what_happened(supporter),
    )


def _what_happened(supporter: Supporter) -> dict[str, object]:
    kind = request.args.get("kind", type=Kind)
    number = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    told = person_queries.timeline(session(), supporter=supporter.id, kind=kind, page=number)
    kept = note_queries.newest(session(), supporter=supporter.id, most=NOTES_SHOWN)
    mails = [line.mail for line in told.lines if line.mail]
    return {
        "timeline": told,
        "kinds": Kind,
        "kind": kind,
        "number": number,
        "notes": kept,
        "names": person_queries.writers(session(), lines=told.lines, notes=kept),
        "subjects": {mail.id: subject_of(mail, to=supporter, settings=house().settings) for mail in mails},
    }

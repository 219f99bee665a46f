"""The desk's own pages: what waits today, people, one person."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from courses import queries as courses
from lms.kernel.history import steps_of
from lms.kernel.identity import SupporterId
from lms.memoranda import queries as memoranda
from lms.memoranda.rules import State
from lms.qualification import queries as qualification
from lms.qualification.reasons import reasons
from lms.secretariat import queries
from lms.secretariat.queries import Group
from lms.supporters import queries as supporters
from lms.web.access import secretariat_only
from lms.web.context import session, today
from lms.web.forms import clean
from lms.web.pages import page
from surveys import queries as surveys

MOST_PAGES = 10**6

bp = Blueprint("secretariat", __name__, url_prefix="/secretariat")


@bp.get("")
@secretariat_only
def overview() -> ResponseReturnValue:
    """Today's work first, then how far people have come."""
    return page(
        "secretariat/overview.html",
        today=today(),
        work=queries.work(session()),
        waiting=queries.waiting(session()),
        funnel=queries.funnel(session()),
        registrations=queries.registrations(session(), on=today()),
    )


@bp.get("/supporters")
@secretariat_only
def people() -> ResponseReturnValue:
    """Everybody, searched by name, reading, ID or e-mail address, by where they stand and by their papers."""
    search = str(clean(request.args.get("search", "")))
    group = request.args.get("group", type=Group)
    papers = request.args.get("papers", type=State)
    number = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    rows, total = queries.people(session(), search=search, group=group, papers=papers, on=today(), page=number)
    return page(
        "secretariat/people.html",
        rows=rows,
        total=total,
        search=search,
        group=group,
        groups=Group,
        papers=papers,
        states=State,
        number=number,
        pages=max(1, -(-total // queries.PAGE)),
    )


@bp.get("/supporters/<int:supporter_id>")
@secretariat_only
def person(supporter_id: int) -> ResponseReturnValue:
    """One person: where they stand and why, what they saw and answered, their papers, what happened."""
    found = SupporterId(supporter_id)
    lectures = courses.lecture_rows(session(), supporter=found, on=today())
    assessment = qualification.assessment_of(session(), supporter=found, on=today())
    return page(
        "secretariat/person.html",
        supporter=supporters.supporter(session(), found),
        standing=supporters.open_standing(session(), found),
        lectures=lectures,
        responses={h.lecture: h for h in surveys.held(session(), supporter=found)},
        assessment=assessment,
        reasons=reasons(assessment.missing, lectures),
        qualification=qualification.qualification_of(session(), found),
        memoranda=memoranda.of_supporter(session(), found),
        history=steps_of(session(), kind="supporter", subject=supporter_id),
    )

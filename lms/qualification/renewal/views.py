"""The page of the new year: who would get papers and who not, and the one press."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from courses.rules import Earlier
from lms.kernel.clock import fiscal_year
from lms.kernel.errors import Conflict
from lms.kernel.i18n import gettext, ngettext
from lms.kernel.identity import SupporterId
from lms.qualification import queries as qualification
from lms.qualification.renewal import queries, services
from lms.qualification.renewal.rules import ACTIVE_FOR_YEARS
from lms.qualification.renewal.words import columns, why_not_sentence
from lms.web.access import me, secretariat_only
from lms.web.context import now, session, today
from lms.web.errors import said
from lms.web.pages import onward, page
from lms.web.tables import format_asked, send

bp = Blueprint("renewal", __name__, url_prefix="/secretariat/new-year")


@bp.get("")
@secretariat_only
def new_year() -> ResponseReturnValue:
    """Who would get this year's papers, also as a file; nothing happens yet."""
    if kind := format_asked():
        return send(
            columns(), queries.candidates(session(), on=today()), format=kind, name=f"new-year-{today().isoformat()}"
        )
    return _page()


def _page(*, chosen: set[int] | None = None, error: str | None = None) -> ResponseReturnValue:
    found = qualification.programme_on(session(), on=today())
    rows = queries.candidates(session(), on=today())
    return page(
        "qualification/new_year.html",
        year=fiscal_year(today()),
        years=ACTIVE_FOR_YEARS,
        why_not=why_not_sentence,
        is_open=found is not None and found[1].runs_on(today()),
        asks_again=found is not None and found[1].earlier is Earlier.AGAIN,
        rows=rows,
        chosen={row.supporter for row in rows if row.why_not is None} if chosen is None else chosen,
        error=error,
        status=422 if error else 200,
    )


@bp.post("")
@secretariat_only
def renew() -> ResponseReturnValue:
    """Make this year's papers due for those who are ticked."""
    chosen = {SupporterId(number) for number in request.form.getlist("supporter", type=int)}
    if not chosen:
        return _page(chosen=set(), error=gettext("Tick at least one person."))
    try:
        made = services.renew(session(), supporters=chosen, by=me(), now=now())
        session().flush()
    except Conflict as error:
        session().rollback()
        return _page(chosen={*chosen}, error=said(error))
    sentence = ngettext(
        "The papers of one person are due for this fiscal year. A mail says so.",
        "The papers of %(num)d people are due for this fiscal year. A mail says so.",
        made,
    )
    return onward("renewal.new_year", said=sentence if made else gettext("They had this year’s papers already."))

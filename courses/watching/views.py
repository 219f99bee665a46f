"""What players report, and what the secretariat sees of it and may attest."""

import json
from typing import cast

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from courses import queries as courses
from courses.watching import queries, rules, services, ticket, xapi
from courses.watching.forms import AttestationForm, watched_report
from lms.kernel.i18n import gettext
from lms.kernel.identity import SupporterId
from lms.supporters import queries as supporters
from lms.web.access import me, secretariat_only, signed_in_id, signed_request
from lms.web.context import house, now, session
from lms.web.pages import onward, page

bp = Blueprint("watching", __name__, url_prefix="/courses")
desk = Blueprint("watch_record", __name__, url_prefix="/secretariat/supporters")


@bp.post("/<code>/watched")
@signed_request
def watched(code: str) -> ResponseReturnValue:
    """Take a player's report and answer what has been seen so far.

    Whether the lecture may be watched, and by whom, was asked when the page got its ticket, which is for the person of
    the cookie alone: what was played then counts, even if it is reported after the last day on which it could be
    played.
    """
    supporter = signed_in_id() or me()
    report = watched_report(request.get_data() if request.is_json else b"")
    opened_at = ticket.opened_at(
        report.ticket, recording_key=report.recording, supporter=supporter, secret=house().secret_key
    )
    recorded = services.record_watched(
        session(), supporter=supporter, lecture=code, report=report, opened_at=opened_at, now=now()
    )
    return jsonify(
        share=rules.share_of(recorded.covered_ms, recorded.duration_ms),
        intervals=recorded.intervals,
        covered=recorded.is_covered,
        unverified=sum(end - start for start, end in recorded.unverified),
    )


@desk.get("/<int:supporter_id>/watched/<code>")
@secretariat_only
def lecture(supporter_id: int, code: str) -> ResponseReturnValue:
    """What one person has watched of a lecture, sitting by sitting, and the secretariat's own word for it."""
    return _lecture_page(supporter_id, code, AttestationForm())


def _lecture_page(supporter_id: int, code: str, form: AttestationForm, *, status: int = 200) -> ResponseReturnValue:
    person = supporters.supporter(session(), SupporterId(supporter_id))
    found = courses.lecture(session(), code)
    return page(
        "courses/watch_record.html",
        supporter=person,
        lecture=found,
        versions=queries.versions(session(), supporter=person.id, lecture_id=found.id),
        attestation=queries.attestation(session(), supporter=person.id, lecture_id=found.id),
        share_of=rules.share_of,
        covered_ms=rules.covered_ms,
        form=form,
        status=status,
    )


@desk.post("/<int:supporter_id>/watched/<code>")
@secretariat_only
def attest(supporter_id: int, code: str) -> ResponseReturnValue:
    """The secretariat confirms that somebody saw a lecture elsewhere."""
    form = cast("AttestationForm", AttestationForm.of_request())
    if not form.validate():
        return _lecture_page(supporter_id, code, form, status=422)
    services.attest(
        session(),
        supporter=SupporterId(supporter_id),
        lecture=code,
        reason=form.reason.data or "",
        by=me(),
        now=now(),
    )
    said = gettext("Confirmed. The lecture now counts as watched.")
    return onward("secretariat.person", supporter_id=supporter_id, said=said)


@desk.get("/<int:supporter_id>/xapi")
@secretariat_only
def export(supporter_id: int) -> ResponseReturnValue:
    """All that somebody has watched, as statements of the xAPI video profile."""
    person = supporters.supporter(session(), SupporterId(supporter_id))
    told = xapi.statements(
        queries.watched(session(), person.id), site=house().settings.url, network_id=person.network_id
    )
    return Response(
        json.dumps(told, ensure_ascii=False, indent=1),
        mimetype="application/json",
        headers={"Content-Disposition": 'attachment; filename="watched-xapi.json"'},
    )

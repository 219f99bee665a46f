"""The month report as a page, a PDF and a spreadsheet; the export for the auditor."""

from flask import Blueprint, Response, request, send_file
from flask.typing import ResponseReturnValue

from courses import queries as courses
from lms.kernel.i18n import DEFAULT, pgettext, reading_in
from lms.kernel.i18n import gettext as _
from lms.memoranda.papers.organisation import organisation_of
from lms.secretariat.reports import audit, document, queries
from lms.secretariat.reports.forms import AuditForm
from lms.secretariat.reports.periods import Period, Span, month_asked, months_offered, period_of
from lms.secretariat.reports.words import Line, Report, Table, report_of
from lms.web.access import me, secretariat_only
from lms.web.context import house, now, session, today
from lms.web.pages import page
from lms.web.tables import Column, format_asked, send

bp = Blueprint("reports", __name__, url_prefix="/secretariat/reports")


@bp.get("")
@secretariat_only
def month() -> ResponseReturnValue:
    """What happened in a month, or in the year up to it, in numbers that show nobody."""
    chosen = month_asked(request.args.get("month", ""), on=today())
    span = request.args.get("span", Span.MONTH, type=Span)
    period = period_of(chosen, span)
    name = f"report-{chosen:%Y-%m}" + ("" if span is Span.MONTH else "-year")
    if request.args.get("format") == "pdf":
        with reading_in(DEFAULT):
            return _pdf(_report(period, span), period=period, name=name)
    report = _report(period, span)
    if kind := format_asked():
        rows = [(table, line) for table in report.tables for line in table.lines]
        return send(_columns(report), rows, format=kind, name=name)
    return page(
        "secretariat/reports.html",
        report=report,
        months=[(f"{each:%Y-%m}", each) for each in months_offered(on=today())],
        chosen=f"{chosen:%Y-%m}",
        span=span,
        spans=Span,
    )


def _report(period: Period, span: Span) -> Report:
    found = queries.counted(session(), period)
    return report_of(found, courses.lectures(session()), period=period, span=span, on=today())


def _pdf(report: Report, *, period: Period, name: str) -> Response:
    pdf = document.render(
        report,
        organisation=organisation_of(house().settings).name,
        # A report of a month that is over is the same file whenever it is made.
        dated=min(period.last, today()),
        totals=pgettext("report", "Together"),
    )
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=f"{name}.pdf")
    return answer


def _columns(report: Report) -> list[Column[tuple[Table, Line]]]:
    def cell(number: int) -> Column[tuple[Table, Line]]:
        heading = (*report.languages, pgettext("report", "Together"))[number]
        return Column(f"n{number}", heading, lambda row: row[1].cells[number])

    return [
        Column("part", _("Subject"), lambda row: row[0].title),
        Column("name", pgettext("report", "What"), lambda row: row[1].name),
        *(cell(number) for number in range(len(report.languages) + 1)),
    ]


@bp.get("/audit")
@secretariat_only
def audit_form() -> ResponseReturnValue:
    """For which days the auditor's export is wanted, and whether with names."""
    return _audit_page(AuditForm(data=AuditForm.usual(today())))


@bp.post("/audit")
@secretariat_only
def export() -> ResponseReturnValue:
    """The export as a file; that it was made is itself a step of history."""
    form = AuditForm(request.form)
    if not form.validate():
        return _audit_page(form, status=422)
    wanted = form.wanted()
    with house().database.read() as reading:
        file = audit.export(reading, wanted, by=me(), now=now())
    audit.note(session(), wanted, by=me(), now=now())
    answer = send_file(
        file,
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"history-{wanted.period.first}-{wanted.period.last}.zip",
        max_age=0,
    )
    answer.cache_control.no_store = True
    return answer


def _audit_page(form: AuditForm, *, status: int = 200) -> ResponseReturnValue:
    return page("secretariat/audit.html", form=form, status=status)

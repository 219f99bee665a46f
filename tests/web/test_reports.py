"""The month report for the funder: what it counts, for which time, whom it shows, and as which files."""

import io
import zipfile
from datetime import date

import pypdf
import pytest
import sqlalchemy as sa

from courses.watching.services import attest
from lms.memoranda import services as papers
from lms.memoranda.models import Memorandum
from lms.memoranda.rules import Service, Signing, State
from lms.qualification import services as qualification
from lms.secretariat.reports import queries
from lms.secretariat.reports.periods import Period, Span, month_asked, period_of
from lms.secretariat.reports.queries import Part
from lms.supporters.rules import Participation
from tests import make
from tests.web.test_desk import brought_to

OCTOBER = Period(date(2025, 10, 1), date(2025, 10, 31))
NOON = make.moment("2025-10-15 12:00")


def totals(session, period=OCTOBER):
    """{part: {row: count}} of what was counted, over all languages, without noughts."""
    found = {}
    for each in queries.counted(session, period):
        rows = found.setdefault(each.part, {})
        for (row, _), count in each.counts.items():
            rows[row] = rows.get(row, 0) + count
    return found


def test_registrations_are_counted_by_how_people_registered(session, office):
    for way in (*Participation, Participation.LEARN):
        make.supporter(session, participation=way, at=NOON)
    moved = make.supporter(session, participation=Participation.LEARN, at=NOON)
    qualification.move_on(session, supporter=moved.id, experienced=False, now=make.now())

    assert totals(session)[Part.REGISTRATIONS] == {"experienced": 1, "inexperienced": 1, "learn": 3, "trainee": 1}


def test_the_secretariat_itself_is_not_counted(session):
    make.supporter(session, role="secretariat", at=NOON)

    assert totals(session)[Part.REGISTRATIONS] == {}


@pytest.mark.parametrize(
    ("moment", "counted"),
    [
        ("2025-09-30 23:59", 0),
        ("2025-10-01 00:00", 1),
        ("2025-10-31 23:59", 1),
        ("2025-11-01 00:00", 0),
    ],
)
def test_a_month_is_a_month_of_tokyo(session, moment, counted):
    make.supporter(session, participation=Participation.LEARN, at=make.moment(moment))

    assert totals(session)[Part.REGISTRATIONS].get("learn", 0) == counted


def test_a_lecture_counts_once_a_person_whenever_it_was_first_watched_enough(session, office):
    person = make.supporter(session, at=make.moment("2025-09-01 12:00"))
    make.recording(session, "basic-1")
    attest(session, supporter=person.id, lecture="basic-1", reason="見本", by=office.id, now=NOON)
    session.commit()

    assert totals(session)[Part.WATCHED] == {"basic-1": 1}
    assert totals(session, period_of(date(2025, 11, 1), Span.MONTH))[Part.WATCHED] == {}


def test_answers_and_qualifications_are_counted_when_they_happened(session, office):
    person = make.supporter(session, at=make.moment("2025-09-01 12:00"))
    for lecture in make.BASIC:
        sent = make.response(session, person, lecture, at=NOON)
        qualification.accept_response(session, response_id=sent.id, by=office.id, now=make.moment("2025-11-02 09:00"))
    session.commit()

    november = totals(session, period_of(date(2025, 11, 1), Span.MONTH))
    assert totals(session)[Part.ANSWERS] == {"sent": 5}
    assert (november[Part.ANSWERS], november[Part.QUALIFIED], november[Part.PAPERS]) == (
        {"accepted": 5},
        {"course": 1},
        {"due": 1},
    )


def test_papers_are_counted_by_the_days_on_the_envelopes(session, office):
    memo = brought_to(session, office, State.PRINTED, at=make.moment("2025-09-20 12:00"))
    step = {"memorandum": memo, "by": office.id, "now": make.moment("2025-11-05 12:00")}
    on = {"today": date(2025, 11, 5)}
    papers.mark_posted(session, posted_on=date(2025, 10, 31), service=Service.LETTER, tracking=None, **step, **on)
    papers.mark_returned(session, returned_on=date(2025, 11, 4), signing=Signing.SIGNED, **step, **on)
    session.commit()

    assert totals(session)[Part.PAPERS] == {"posted": 1}
    assert totals(session, period_of(date(2025, 11, 1), Span.MONTH))[Part.PAPERS] == {"returned": 1}
    assert totals(session, period_of(date(2025, 11, 1), Span.YEAR))[Part.PAPERS] == {
        "due": 1,
        "posted": 1,
        "returned": 1,
    }


@pytest.mark.parametrize(
    ("month", "span", "period"),
    [
        (date(2026, 2, 1), Span.MONTH, Period(date(2026, 2, 1), date(2026, 2, 28))),
        (date(2024, 2, 1), Span.MONTH, Period(date(2024, 2, 1), date(2024, 2, 29))),
        (date(2026, 12, 1), Span.MONTH, Period(date(2026, 12, 1), date(2026, 12, 31))),
        (date(2026, 3, 1), Span.YEAR, Period(date(2025, 4, 1), date(2026, 3, 31))),
        (date(2026, 4, 1), Span.YEAR, Period(date(2026, 4, 1), date(2026, 4, 30))),
    ],
)
def test_a_report_is_about_a_month_or_the_fiscal_year_to_its_end(month, span, period):
    assert period_of(month, span) == period


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-01", date(2026, 1, 1)),
        ("2025-12", date(2025, 12, 1)),
        ("2026-02", date(2025, 12, 1)),
        ("2019-01", date(2025, 12, 1)),
        ("2025-13", date(2025, 12, 1)),
        ("", date(2025, 12, 1)),
    ],
)
def test_the_month_that_is_over_is_shown_unless_another_is_asked(text, month):
    assert month_asked(text, on=date(2026, 1, 20)) == month


def test_small_groups_are_hidden_on_the_page_and_in_every_file(browser_of, office, session):
    for way, count in ((Participation.LEARN, 7), (Participation.TRAINEE, 2), (Participation.INEXPERIENCED, 9)):
        for _ in range(count):
            make.supporter(session, participation=way, at=make.now())
    desk = browser_of(office)
    month = f"month={make.now().astimezone():%Y-%m}"

    page = desk.get(f"/secretariat/reports?{month}")
    registered = page.soup.select("table.table")[0]
    rows = [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in registered.select("tbody tr")]
    assert rows == [
        ["With experience", "0", "0"],
        ["Without experience so far", "9", "9"],
        ["To learn only", "*", "*"],
        ["Trainees", "<5", "<5"],
        ["Together", "18", "18"],
    ]
    assert "This time is not over yet" in page.text
    csv = desk.client.get(f"/secretariat/reports?{month}&format=csv", buffered=True).get_data(as_text=True)
    assert "New registrations,Trainees,0,0,<5,0,0,<5" in csv
    xlsx = desk.client.get(f"/secretariat/reports?{month}&format=xlsx", buffered=True).get_data()
    assert "<5" in zipfile.ZipFile(io.BytesIO(xlsx)).read("xl/worksheets/sheet1.xml").decode().replace("&lt;", "<")


def test_the_pdf_is_tagged_in_japanese_and_the_same_for_the_same_month(browser_of, office, session):
    make.supporter(session, at=make.days_ago(40))
    desk = browser_of(office, locale="vi")
    url = "/secretariat/reports?format=pdf"

    first, second = desk.client.get(url), desk.client.get(url)

    assert first.get_data() == second.get_data()
    pdf = pypdf.PdfReader(io.BytesIO(first.get_data()))
    root = pdf.trailer["/Root"]
    assert (bool(root["/MarkInfo"]["/Marked"]), root["/Lang"]) == (True, "ja-JP")
    assert "移住者と連帯する全国ネットワーク" in pdf.pages[0].extract_text().replace("\n", "")
    assert first.headers["Content-Type"] == "application/pdf"


@pytest.mark.parametrize("people", [1, 4])
def test_a_report_costs_the_same_for_one_person_and_for_many(browser_of, office, session, queries, people):
    for _ in range(people):
        make.accepted(session, make.supporter(session), make.BASIC, by=office)
    desk = browser_of(office)
    queries.clear()

    desk.get("/secretariat/reports")

    assert len([each for each in queries if "owed_work" not in each]) == 9


def test_every_database_understands_what_a_report_asks(database):
    with database.session(write=True) as session:
        make.supporter(session, participation=Participation.TRAINEE, at=NOON)
        assert totals(session)[Part.REGISTRATIONS] == {"trainee": 1}
        assert session.scalars(sa.select(Memorandum)).all() == []

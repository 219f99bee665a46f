"""The list of people as a file: as it is narrowed, in any script, without a formula, noted in history."""

import csv
import io
from zipfile import ZipFile

import pytest

from lms.kernel import clock
from lms.kernel.history import steps_of
from lms.secretariat.people import queries as people_queries
from tests import make

LIST = "/secretariat/supporters"


def test_a_file_holds_the_list_as_it_is_narrowed_with_the_columns_seen(browser_of, session, office):
    vi = make.supporter(
        session, display_name="Nguyễn 﨑", name_kana="=1+1", locale="vi", at=make.moment("2026-02-01 00:30")
    )
    make.supporter(session, locale="es")
    desk = browser_of(office)

    answer = desk.client.get(f"{LIST}?language=vi&columns=kana,id,since&format=csv")
    japanese = desk.client.get(f"{LIST}?language=vi&columns=kana&format=csv-cp932")

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].endswith(f"people-{clock.tokyo_day(make.now())}.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))) == [
        ["Name", "Reading", "Network ID", "Registered"],
        ["Nguyễn 﨑", "'=1+1", vi.network_id, "2026-02-01"],
    ]
    assert japanese.data.decode("cp932").splitlines()[1] == "Nguy〓n 﨑,'=1+1"


def test_a_spreadsheet_holds_texts_and_dates_and_no_formula(browser_of, session, office):
    make.supporter(session, display_name="=HYPERLINK(1)", at=make.moment("2026-02-01 00:30"))

    answer = browser_of(office).client.get(f"{LIST}?columns=since&format=xlsx")
    sheet = ZipFile(io.BytesIO(answer.data)).read("xl/worksheets/sheet1.xml").decode()

    assert "<is><t>=HYPERLINK(1)</t></is>" in sheet
    assert "<f>" not in sheet
    assert "<v>46054</v>" in sheet  # 1 February 2026


@pytest.mark.parametrize("sign", "=+-@＝＋－−＠")
def test_whatever_a_spreadsheet_would_reckon_with_is_text_in_a_csv_file(browser_of, session, office, sign):
    make.supporter(session, display_name=f"{sign}1+1")

    found = browser_of(office).client.get(f"{LIST}?columns=name&format=csv").data.decode("utf-8-sig")

    assert found.splitlines()[1] == f"'{sign}1+1"


def test_history_notes_who_took_the_list_away_and_nothing_of_whom(browser_of, session, office):
    make.supporter(session)

    browser_of(office).client.get(f"{LIST}?format=csv")
    step = steps_of(session, kind="export", subject=office.id)[-1]

    assert (step.by_id, step.facts["rows"], step.facts["format"], sorted(step.facts)) == (
        office.id,
        1,
        "csv",
        ["format", "list", "rows"],
    )


def test_a_long_file_is_written_portion_by_portion(browser_of, session, office, monkeypatch):
    monkeypatch.setattr(people_queries, "PORTION", 2)
    for n in range(5):
        make.supporter(session, display_name=f"見本 {n}", at=make.days_ago(n))

    answer = browser_of(office).client.get(f"{LIST}?columns=id&format=csv")

    assert [line.split(",")[0] for line in answer.data.decode("utf-8-sig").splitlines()[1:]] == [
        f"見本 {n}" for n in range(5)
    ]

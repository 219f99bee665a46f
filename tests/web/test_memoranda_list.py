"""The list of memoranda: by state and year, page after page, its columns chosen, taken away as a file."""

import pytest
import sqlalchemy as sa

from lms.memoranda import services as papers
from lms.memoranda.models import Memorandum
from lms.memoranda.rules import Service
from tests import make
from tests.batches import due, today

LIST = "/secretariat/memoranda"


def numbers(page):
    return [cell.get_text(strip=True) for cell in page.soup.select("tbody th .code")]


def headings(page):
    return [cell.get_text(strip=True) for cell in page.soup.select("thead th")]


def test_the_list_is_narrowed_by_state_and_year_in_its_address(browser_of, session, office):
    waiting, held, older = due(session, 3)
    papers.hold(session, memorandum=held, reason="asked to wait", by=office.id, now=make.now())
    session.execute(sa.update(Memorandum).where(Memorandum.id == older.id).values(year=2025))
    session.commit()
    session.expire_all()
    desk = browser_of(office)

    assert numbers(desk.get(f"{LIST}?state=due")) == [waiting.number, older.number]
    assert numbers(desk.get(f"{LIST}?state=held")) == [held.number]
    assert numbers(desk.get(f"{LIST}?state=due&year=2025")) == [older.number]
    for nonsense in ("nonsense", "9" * 20):
        assert numbers(desk.get(f"{LIST}?state=nonsense&year={nonsense}")) == [
            waiting.number, held.number, older.number
        ]  # fmt: skip


def test_a_long_list_has_pages(browser_of, session, office):
    memos = due(session, 60)
    desk = browser_of(office)

    first = desk.get(LIST)
    second = desk.get(str(first.one("a[rel=next]")["href"]))

    assert numbers(first) + numbers(second) == [memo.number for memo in memos]
    assert len(numbers(first)) == 50


def test_the_columns_that_are_seen_are_chosen_and_taken_away(browser_of, session, office):
    memo = due(session, display_name="見本 Nguyễn")[0]
    papers.mark_printed(session, memorandum=memo, by=office.id, now=make.now())
    papers.mark_posted(
        session, memorandum=memo, posted_on=today(), service=Service.RECORDED, tracking="131-12-38385-2",
        by=office.id, now=make.now(), today=today(),
    )  # fmt: skip
    session.commit()
    desk = browser_of(office)

    page = desk.get(f"{LIST}?columns=name,service,tracking")
    file = desk.client.get(f"{LIST}?columns=name,service,tracking&format=csv").get_data(as_text=True)

    assert headings(page) == ["Document number", "Name", "Postal service", "Tracking number"]
    assert file.lstrip("\ufeff").splitlines() == [
        "Document number,Name,Postal service,Tracking number",
        f"{memo.number},見本 Nguyễn,Recorded (特定記録),131-12-38385-2",
    ]


@pytest.mark.parametrize("people", [1, 12])
def test_the_list_costs_the_same_for_one_and_for_many(browser_of, session, office, queries, people):
    due(session, people)
    desk = browser_of(office)
    queries.clear()

    desk.get(LIST)

    assert len(queries) <= 9

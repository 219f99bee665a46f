"""The list of responses: by state and lecture, page by page, as a file."""

import pytest

from surveys import queries as surveys
from tests import make

LIST = "/secretariat/responses"


def listed(page):
    return [int(a["href"].rpartition("/")[2]) for a in page.soup.select("main table:first-of-type tbody th a")]


def test_responses_are_narrowed_by_state_and_lecture(browser_of, session, office):
    first, second = (make.response(session, make.supporter(session), "basic-1", at=make.days_ago(n)) for n in (2, 1))
    third = make.response(session, make.supporter(session), "basic-2")
    desk = browser_of(office)
    desk.post(f"{LIST}/{second.id}/return", {"comment": "A little more, please."})

    assert listed(desk.get(LIST)) == [first.id, third.id]
    assert listed(desk.get(f"{LIST}?lecture=basic-2")) == [third.id]
    assert listed(desk.get(f"{LIST}?state=returned")) == [second.id]
    assert "There is no such survey now." in desk.get(f"{LIST}?state=accepted").text
    assert desk.client.get(f"{LIST}?state=draft").status_code == 404
    assert [count.get_text() for count in desk.get(LIST).soup.select(".filters__count")] == ["2", "1", "0"]


def test_responses_are_walked_page_by_page(browser_of, session, office, monkeypatch):
    monkeypatch.setattr(surveys.queue, "__kwdefaults__", surveys.queue.__kwdefaults__ | {"size": 2})
    sent = [make.response(session, make.supporter(session), "basic-1", at=make.days_ago(9 - n)).id for n in range(5)]
    desk = browser_of(office)

    pages = [desk.get(LIST)]
    while onward := pages[-1].soup.select("a[rel=next]"):
        pages.append(desk.get(onward[0]["href"]))

    assert [listed(page) for page in pages] == [sent[:2], sent[2:4], sent[4:]]
    back = pages[-1].soup.select("a[rel=prev]")[0]["href"]
    assert listed(desk.get(back)) == sent[2:4]


def test_responses_are_taken_away_as_a_file_as_they_are_narrowed(browser_of, session, office):
    person = make.supporter(session, display_name="見本 花子")
    make.response(session, person, "basic-1", at=make.moment("2026-02-01 00:30"))
    make.response(session, make.supporter(session), "basic-2")

    answer = browser_of(office).client.get(f"{LIST}?lecture=basic-1&columns=name,sent&format=csv")

    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "Survey,Name,Sent"
    assert lines[1].endswith(",見本 花子,2026-02-01")
    assert len(lines) == 2


@pytest.mark.parametrize("people", [1, 7])
def test_the_list_of_responses_costs_the_same_for_one_and_for_many(browser_of, office, session, queries, people):
    for _ in range(people):
        make.response(session, make.supporter(session), "basic-1")
    desk = browser_of(office)
    queries.clear()

    desk.get(LIST)

    assert len(queries) == 8

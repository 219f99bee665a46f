"""People are found however their names are typed, listed page by page, and taken away as a file."""

import base64
import json
from datetime import timedelta
from itertools import chain
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.datastructures import MultiDict

from lms.kernel import clock, crypto
from lms.kernel.work import owe
from lms.memoranda.rules import State
from lms.secretariat.people import queries as people_queries
from lms.secretariat.people.filters import Filters, Group
from lms.supporters import services as supporters
from lms.supporters.finding import SWEEP, make_findable
from lms.supporters.rules import Participation, address_of
from tests import make

LIST = "/secretariat/supporters"


def listed(page):
    """The names on a page of the list, in its order."""
    return [a.get_text() for a in page.soup.select("tbody th a")]


def found_by(desk, text, **more):
    """The names that a search finds, and the address it leads to."""
    answer = desk.post(LIST, {"text": text, **more})
    assert answer.status == 303
    address = answer.response.headers["Location"]
    return listed(desk.get(address)), address


def words(**given):
    """Words as they stand in an address."""
    return MultiDict(given)


def with_phone(session, person, phone):
    where = address_of("000-0000", "見本県見本市見本町1-2-3")
    supporters.change_address(session, supporter=person.id, address=where, phone=phone, now=make.now())
    session.commit()


@pytest.mark.parametrize(
    "typed",
    [
        "グエン", "ぐえん", "ｸﾞｴﾝ", "nguyen", "NGUYỄN", "Nguyễn Thị", "thi nguyen", "thịhoa", "ＮＧＵＹＥＮ",
        "hoa.mihon", "HOA.MIHON@example.jp", "090-0000-1234", "０９０　００００　１２３４", "+81 90 0000 1234", "1234",
        "hoa グエン",
    ],
)  # fmt: skip
def test_somebody_is_found_however_it_is_typed(browser_of, session, office, typed):
    hoa = make.supporter(
        session, display_name="Nguyễn Thị Hoa", name_kana="グエン・ティ・ホア", email="hoa.mihon@example.jp"
    )
    with_phone(session, hoa, "090-0000-1234")
    make.supporter(session, display_name="Trần Văn Nam", name_kana="チャン・ヴァン・ナム")

    names, _ = found_by(browser_of(office), typed)

    assert names == ["Nguyễn Thị Hoa"]


@pytest.mark.parametrize("typed", ["山田太郎", "山田　太郎", "太郎 山田", "やまだ", "ﾔﾏﾀﾞ ﾀﾛｳ"])
def test_a_space_in_a_japanese_name_does_not_matter(browser_of, session, office, typed):
    make.supporter(session, display_name="山田 太郎", name_kana="ヤマダ タロウ")
    make.supporter(session, display_name="山口 花子", name_kana="ヤマグチ ハナコ")

    names, _ = found_by(browser_of(office), typed)

    assert names == ["山田 太郎"]


def test_a_network_id_is_found_with_any_dash_and_a_part_of_it_too(browser_of, session, office):
    person = make.supporter(session, display_name="見本 花子")
    make.supporter(session)
    desk, number = browser_of(office), person.network_id

    assert {
        found_by(desk, typed)[0][0] for typed in (number, number.replace("-", ""), number.replace("-", "−"), number[:6])
    } == {"見本 花子"}


def test_what_was_typed_never_stands_in_an_address(browser_of, session, office):
    make.supporter(session, display_name="見本 花子")

    desk = browser_of(office)
    names, address = found_by(desk, "花子", group="on-the-way")
    words = parse_qs(urlsplit(address).query)

    assert names == ["見本 花子"]
    assert sorted(words) == ["find", "group"]
    assert crypto.unsealed(words["find"][0]) == "花子"
    assert desk.get(address).one("#filter-text")["value"] == "花子"


def test_a_search_of_another_key_asks_again_instead_of_showing_everybody(browser_of, session, office):
    make.supporter(session)
    desk = browser_of(office)

    answer = desk.client.get(f"{LIST}?find=nonsense&group=on-the-way")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{LIST}?group=on-the-way")
    assert "Please type your search once more." in desk.get(f"{LIST}?group=on-the-way").text


def test_a_changed_number_is_found_and_the_old_one_is_not(browser_of, session, office):
    person = make.supporter(session, display_name="見本 花子")
    with_phone(session, person, "03-0000-1111")
    with_phone(session, person, "03-0000-2222")
    desk = browser_of(office)

    assert [found_by(desk, typed)[0] for typed in ("03-0000-1111", "1111", "2222")] == [[], [], ["見本 花子"]]


def test_a_day_that_is_none_is_said_beside_the_field_and_everything_is_kept(browser_of, session, office):
    make.supporter(session)

    page = browser_of(office).post(LIST, {"text": "花子", "since": "yesterday", "papers": "due"}, status=422)

    assert page.one("#since-error").get_text(strip=True) == "Not a valid date value."
    assert (page.one("#filter-text")["value"], page.one("#since")["value"]) == ("花子", "yesterday")
    assert page.one("#filter-papers option[selected]")["value"] == "due"


def test_changing_the_language_keeps_what_is_typed_and_the_place_in_the_list(browser_of, session, office):
    make.supporter(session)
    desk = browser_of(office)

    answer = desk.post(f"{LIST}?sort=name&at=there", {"text": "花子", "sort": "name", "_language": "vi"})
    words = parse_qs(urlsplit(answer.response.headers["Location"]).query)

    assert (answer.status, words["at"], words["sort"], crypto.unsealed(words["find"][0])) == (
        303,
        ["there"],
        ["name"],
        "花子",
    )
    assert desk.get(LIST).soup.html["lang"] == "vi"


def test_people_are_narrowed_by_where_they_stand(browser_of, session, office):
    standing = {
        Group.ON_THE_WAY: make.supporter(session),
        Group.EXPERIENCE: make.supporter(session, participation=Participation.EXPERIENCED),
        Group.TRAINEES: make.supporter(session, participation=Participation.TRAINEE),
        Group.LEARNERS: make.supporter(session, participation=Participation.LEARN),
        Group.QUALIFIED: make.supporter(session),
    }
    make.accepted(session, standing[Group.QUALIFIED], make.BASIC, by=office)
    desk = browser_of(office)

    def found(where):
        links = desk.get(f"{LIST}?{where}").links()
        return {group for group, person in standing.items() if f"{LIST}/{person.id}" in links}

    assert {group: found(f"group={group}") for group in Group} == {group: {group} for group in Group} | {
        Group.ON_THE_WAY: {Group.ON_THE_WAY, Group.EXPERIENCE}
    }
    assert found("papers=due") == {Group.QUALIFIED}
    assert found("group=qualified&papers=posted") == set()
    assert found(f"year={clock.fiscal_year(clock.tokyo_day(make.now()))}") == {Group.QUALIFIED}
    assert found("group=nonsense&papers=&year=x&since=never") == set(Group)
    assert found(f"year={9**30}&since=0001-01-01&until=9999-12-31") == set(Group)


def test_people_are_narrowed_by_what_is_missing(browser_of, session, office):
    waiting, nearly, begun = (make.supporter(session, display_name=name) for name in ("待 花子", "残 花子", "始 花子"))
    make.response(session, waiting, "basic-1")
    make.accepted(session, nearly, [code for code in make.BASIC if code != "basic-3"], by=office)
    homeless = make.supporter(session, display_name="宛 花子")
    make.accepted(session, homeless, make.BASIC, by=office)
    desk = browser_of(office)

    assert listed(desk.get(f"{LIST}?why=survey_waits")) == ["待 花子"]
    assert listed(desk.get(f"{LIST}?why=survey_waits&lecture=basic-2")) == []
    assert listed(desk.get(f"{LIST}?why=survey_missing&lecture=basic-3&only=1")) == ["残 花子"]
    assert listed(desk.get(f"{LIST}?why=survey_missing&lecture=basic-1")) == [begun.display_name, "残 花子"][:1]
    assert listed(desk.get(f"{LIST}?why=address_missing")) == ["宛 花子"]


def test_people_are_narrowed_by_language_and_day_of_registration(browser_of, session, office):
    for name, locale, at in (
        ("一月", "vi", "2026-01-31 23:59"),
        ("二月", "vi", "2026-02-01 00:00"),
        ("二月の終わり", "es", "2026-02-28 23:59"),
    ):
        make.supporter(session, display_name=name, locale=locale, at=make.moment(at))
    desk = browser_of(office)

    assert listed(desk.get(f"{LIST}?since=2026-02-01&until=2026-02-28")) == ["二月の終わり", "二月"]
    assert listed(desk.get(f"{LIST}?language=vi&until=2026-01-31")) == ["一月"]


def walk(desk, address, rel="next"):
    """Every page from an address on, by pressing one link again and again."""
    page = desk.get(address)
    yield page
    while links := page.soup.select(f".pagination a[rel={rel}]"):
        page = desk.get(links[0]["href"])
        yield page


@pytest.mark.parametrize("sort", ["newest", "name", "id"])
def test_the_pages_hold_everybody_once_in_order_there_and_back(browser_of, session, office, monkeypatch, sort):
    monkeypatch.setattr(people_queries, "PAGE", 3)
    at = make.now()
    everybody = [
        make.supporter(session, display_name=f"見本 {n}", name_kana="アイウエオ"[n % 5], at=at - timedelta(days=n // 2))
        for n in range(8)
    ]
    desk = browser_of(office)

    there = list(walk(desk, f"{LIST}?sort={sort}"))
    last = there[-1].soup.select(".pagination a[rel=prev]")[0]["href"]
    back = list(walk(desk, last, "prev"))

    pages = [listed(page) for page in there]
    assert sorted(chain.from_iterable(pages)) == sorted(person.display_name for person in everybody)
    assert [len(names) for names in pages] == [3, 3, 2]
    assert [listed(page) for page in back] == pages[1::-1]
    assert 'rel="prev"' not in back[-1].html
    key = {
        "newest": lambda p: (-p.registered_at.timestamp(), -p.id),
        "name": lambda p: (p.sort_name, p.id),
        "id": lambda p: p.network_id,
    }[sort]
    assert list(chain.from_iterable(pages)) == [person.display_name for person in sorted(everybody, key=key)]


def test_somebody_who_registers_meanwhile_moves_nobody_to_another_page(browser_of, session, office, monkeypatch):
    monkeypatch.setattr(people_queries, "PAGE", 2)
    for n in range(4):
        make.supporter(session, display_name=f"見本 {n}", at=make.days_ago(n + 1))
    desk = browser_of(office)
    onward = desk.get(LIST).soup.select("a[rel=next]")[0]["href"]

    make.supporter(session, display_name="新しい人")

    assert listed(desk.get(onward)) == ["見本 2", "見本 3"]


def test_no_name_stands_in_the_address_of_a_page(browser_of, session, office, monkeypatch):
    monkeypatch.setattr(people_queries, "PAGE", 1)
    for _ in range(2):
        make.supporter(session, display_name="Aaa", name_kana="")
    desk = browser_of(office)

    mark = parse_qs(urlsplit(desk.get(f"{LIST}?sort=name").soup.select("a[rel=next]")[0]["href"]).query)["at"][0]

    assert crypto.unsealed(mark) is not None
    assert listed(desk.get(f"{LIST}?sort=name&at=nonsense")) == ["Aaa"]
    for place in (
        ["a"],
        ["a", "2026-01-01T00:00:00Z", 10**30],
        ["a", "2026-01-01", 1],
        ["a", "0001-01-01T00:00:00+14:00", 1],
        ["c", "2026-01-01T00:00:00Z", 1],
    ):
        forged = base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
        assert listed(desk.get(f"{LIST}?at={forged}")) == ["Aaa"]


def test_the_columns_are_chosen_and_kept_in_the_address(browser_of, session, office):
    person = make.supporter(session, name_kana="ミホン")
    desk = browser_of(office)

    answer = desk.post(LIST, {"columns": ["email", "kana"], "sort": "name"})
    address = answer.response.headers["Location"]
    page = desk.get(address)

    assert address == f"{LIST}?sort=name&columns=email,kana"
    assert [th.get_text() for th in page.soup.select("thead th")] == ["Name", "Reading", "E-mail address"]
    assert [td.get_text(strip=True) for td in page.soup.select("tbody td")] == ["ミホン", person.email]


@pytest.mark.parametrize("people", [1, 12])
def test_the_list_costs_the_same_for_one_person_and_for_many(browser_of, office, session, queries, people):
    for _ in range(people):
        make.accepted(session, make.supporter(session), ["basic-1"], by=office)
    desk = browser_of(office)
    queries.clear()

    desk.get(f"{LIST}?columns=missing,standing,papers,phone")

    assert len(queries) == 14


def test_people_of_before_become_findable_by_the_daily_sweep(browser_of, session, office, worker):
    person = make.supporter(session, display_name="見本 花子")
    with_phone(session, person, "03-0000-1111")
    person.search_text, person.sort_name, person.phone_hash, person.phone_end_hash = "", "", None, None
    session.commit()
    owe(session, SWEEP, key="sweep", now=make.now())
    session.commit()
    worker.drain()
    session.expire_all()

    assert [found_by(browser_of(office), typed)[0] for typed in ("花子", "1111")] == [["見本 花子"]] * 2


def test_a_number_is_found_after_the_keys_have_changed(session, monkeypatch):
    person = make.supporter(session)
    with_phone(session, person, "03-0000-1111")
    before = person.phone_hash

    monkeypatch.setattr(crypto, "_hash_keys", [b"a new key", *crypto._hash_keys])

    assert before in crypto.keyed_hashes("0300001111")
    make_findable(person)
    assert person.phone_hash == crypto.keyed_hashes("0300001111")[0] != before


def test_the_list_asks_what_every_database_understands(app, database):
    with database.session(write=True) as session:
        person = make.supporter(session, display_name="見本 花子")
        make.supporter(session, display_name="見本 太郎")

    for sort in ("newest", "name", "id"):
        with database.read() as session:
            wanted = Filters.of_address(words(sort=sort, find=crypto.sealed("花子"), why="survey_missing", only="1"))
            found = people_queries.people(
                session, wanted, at=None, needs=people_queries.Needs(), on=clock.tokyo_day(make.now())
            )
        assert found.slice.total in {0, 1}
    with database.read() as session:
        wanted = Filters.of_address(words(find=crypto.sealed("花子")))
        rows = people_queries.everybody(session, wanted, needs=people_queries.Needs(), on=clock.tokyo_day(make.now()))
        assert [row.id for row in rows] == [person.id]


def test_only_the_secretariat_sees_the_list(browser_of, session):
    desk = browser_of(make.supporter(session))

    assert [desk.client.get(LIST).status_code, desk.client.post(LIST, data={"text": "a"}).status_code] == [404, 404]


def test_held_papers_are_found(browser_of, session, office):
    person = make.supporter(session)
    make.accepted(session, person, make.BASIC, by=office)

    assert listed(browser_of(office).get(f"{LIST}?papers={State.HELD}")) == []

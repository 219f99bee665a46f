"""The page of all components: complete, in every language, for the secretariat alone."""

import pytest

from lms.kernel.i18n import codes
from lms.kernel.resources import templates_dir
from tests import make


@pytest.fixture
def desk(browser_of, office):
    return browser_of(office)


def test_every_component_is_on_it(desk):
    page = desk.get("/design")

    components = {file.stem for file in (templates_dir() / "components").glob("*.html")}
    assert components - {str(part["id"]) for part in page.soup.select("main section[id]")} == set()
    assert {str(link["href"]) for link in page.soup.select(".part__index a")} == {
        f"#{part['id']}" for part in page.soup.select("main section[id]")
    }


@pytest.mark.parametrize("code", codes())
def test_it_speaks_every_language_whatever_its_reader_speaks(desk, code):
    page = desk.get("/design", query_string={"language": code})

    current = page.one("main .filters [aria-current]:not([href*='#'])")
    assert str(current["href"]).replace("%40", "@") == f"/design?language={code}"


def test_easy_japanese_carries_its_readings_there(desk):
    page = desk.get("/design?language=ja@easy")

    assert "<ruby>" in page.html


def test_a_language_that_nobody_offers_is_taken_for_the_usual_one(desk):
    assert desk.get("/design?language=xx").one("html")["lang"] == "ja"


def test_a_script_is_shown_in_its_own_direction(desk):
    assert desk.get("/design").one("[lang=ar]")["dir"] == "rtl"


def test_a_sample_button_comes_back(desk):
    assert "/design" in desk.follow(desk.post("/design")).response.request.path


def test_it_costs_the_same_number_of_queries_for_every_language(desk, queries):
    desk.get("/design?language=ja")
    first = len(queries)
    desk.get("/design?language=vi")

    assert len(queries) == 2 * first


def test_for_everybody_else_it_does_not_exist(browser_of, session, visitor):
    browser_of(make.supporter(session)).get("/design", status=404)

    assert visitor.client.get("/design").status_code == 302

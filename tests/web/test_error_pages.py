"""No refusal and no fault is a dead end."""

import pytest

from lms.app import create_app
from lms.kernel.settings import Settings
from tests import make
from tests.pages import Browser


def buttons(page):
    return [(button.get_text(strip=True), button["href"]) for button in page.soup.select("main a.button")]


def test_a_refusal_leads_back_to_where_one_was_and_keeps_the_navigation(browser_of, session):
    browser = browser_of(make.supporter(session))

    page = browser.get("/courses/nothing", status=404, headers={"Referer": "http://localhost/courses"})

    assert buttons(page) == [("Go back", "http://localhost/courses"), ("To the start page", "/")]
    assert [link["href"] for link in page.soup.select(".nav a")] == ["/my-training", "/courses"]


def test_a_refusal_leads_nobody_to_another_site(visitor):
    page = visitor.get("/nowhere", status=404, headers={"Referer": "https://evil.example/"})

    assert buttons(page) == [("To the start page", "/")]


def test_whoever_is_signed_out_comes_back_after_signing_in(visitor):
    page = visitor.post("/surveys/basic-1", {}, status=401, headers={"Referer": "http://localhost/surveys/basic-1"})

    assert buttons(page) == [("Sign in", "/sign-in?next=/surveys/basic-1"), ("To the start page", "/")]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_fault_page_is_there_for_whoever_is_signed_in_when_the_database_is_not(house, session, tmp_path, method):
    (tmp_path / "broken.sqlite3").write_text("This is no database.")
    broken = create_app(Settings(home=house.settings.home, database_url=f"sqlite:///{tmp_path / 'broken.sqlite3'}"))
    browser = Browser(broken, person=make.supporter(session), locale="en")

    if method == "GET":
        page = browser.get("/my-training?from=mail", status=500)
    else:
        page = browser.post("/my-address", status=500, headers={"Referer": "http://localhost/my-address"})

    here = {
        "GET": ("Load the page again", "/my-training?from=mail"),
        "POST": ("Go back", "http://localhost/my-address"),
    }
    assert buttons(page) == [here[method], ("To the start page", "/")]

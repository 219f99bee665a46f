"""The language is the reader's: kept on the account, changed while typing, furigana, a sixth by a folder alone."""

import pytest

from lms.app import create_app
from lms.kernel import i18n
from lms.kernel.settings import Settings
from lms.supporters.models import Supporter
from surveys.models import Response
from tests import make, pseudo
from tests.pages import Browser

REGISTRATION = {
    "display_name": "見本 太郎",
    "name_kana": "ミホン タロウ",
    "email": "mihon@example.jp",
    "password": "mihon-mihon-2026",
    "participation": "trainee",
    "consent": "y",
}


def values(page) -> dict[str, str]:
    fields = page.soup.select("#page-form input:not([type=checkbox], [type=radio], [type=hidden])")
    checked = page.soup.select("#page-form input[checked]")
    return {str(f["name"]): str(f.get("value", "")) for f in [*fields, *checked]}


def test_a_language_chosen_while_typing_keeps_everything_and_sends_nothing(visitor, session):
    page = visitor.post("/register", REGISTRATION | {"_language": "vi"}, status=200)

    assert page.soup.html["lang"] == "vi"
    assert values(page) == REGISTRATION
    assert page.soup.select(".error-summary") == []
    assert session.query(Supporter).count() == 0
    assert visitor.get("/").soup.html["lang"] == "vi"


def test_a_refused_form_names_its_faults_in_the_new_language_too(visitor):
    wrong = REGISTRATION | {"email": "mihon"}

    page = visitor.post("/register", wrong, status=422)
    again = visitor.post("/register", wrong | {"_language": "es", "_refused": "1"}, status=200)

    assert page.one("input[name=_refused][form=page-form]")
    assert again.soup.html["lang"] == "es"
    assert len(again.soup.select(".error-summary a")) == 1
    assert values(again) == wrong


def test_a_password_is_sent_back_only_to_change_the_language(visitor):
    page = visitor.post("/register", REGISTRATION | {"email": "mihon"}, status=422)

    assert page.one("input[name=password]").get("value", "") == ""


def test_enter_sends_the_form_and_does_not_choose_a_language(visitor):
    page = visitor.get("/register")

    first = page.soup.select("button[form=page-form], #page-form button")[0]

    assert (first.get("name"), first["type"]) == (None, "submit")


def test_an_answer_that_is_shown_again_is_not_sent_in(browser_of, session):
    person = make.supporter(session, locale="ja")
    browser = browser_of(person, locale="ja")
    page = browser.get("/surveys/basic-1")
    long = page.soup.select("textarea")[0]["name"]

    again = browser.post("/surveys/basic-1", {long: "見本の回答です。", "_language": "ja@easy"}, status=200)

    assert again.one(f"textarea[name={long}]").get_text().strip() == "見本の回答です。"
    assert "アンケート" in again.h1
    assert session.query(Response).count() == 0
    session.refresh(person)
    assert person.locale == "ja@easy"


@pytest.mark.parametrize(
    ("locale", "chosen", "has_ruby"),
    [("ja", None, False), ("ja", "on", True), ("ja@easy", None, True), ("ja@easy", "off", False), ("en", "on", False)],
)
def test_furigana_stands_where_the_language_has_it_or_the_reader_wants_it(visitor, locale, chosen, has_ruby):
    visitor.post("/language", {"_language": locale, "next": "/"})
    if chosen:
        visitor.post("/language", {"_furigana": chosen, "next": "/"})

    html = visitor.client.get("/").get_data(as_text=True)

    assert ("<ruby>" in html) is has_ruby
    assert "|" not in visitor.get("/").text


def test_furigana_is_remembered_on_the_account(browser_of, session):
    person = make.supporter(session, locale="ja")

    browser_of(person, locale="ja").post("/language", {"_furigana": "on", "next": "/my-training"})

    session.refresh(person)
    assert person.furigana is True


def test_what_a_visitor_chose_is_remembered_on_the_new_account(visitor, session):
    visitor.post("/language", {"_language": "ja", "next": "/"})
    visitor.post("/language", {"_furigana": "on", "next": "/"})

    visitor.post("/register", REGISTRATION | {"participation": "learn"})

    person = session.query(Supporter).one()
    assert (person.locale, person.furigana) == ("ja", True)


@pytest.mark.parametrize("locale", ["ja", "ja@easy", "en"])
def test_what_was_typed_is_not_taken_for_a_reading(visitor, locale):
    typed = REGISTRATION | {"display_name": "x{a|b}y", "password": "pass{a|b}word"}

    page = visitor.post("/register", typed | {"_language": locale}, status=200)

    assert values(page) == typed


def test_a_form_that_is_shown_again_with_a_password_is_kept_nowhere(visitor):
    page = visitor.post("/register", REGISTRATION | {"_language": "vi"}, status=200)

    assert page.response.headers["Cache-Control"] == "private, no-store"


def test_furigana_is_not_handed_on_to_whoever_signs_in_next(browser_of, session):
    first, second = make.supporter(session, locale="ja"), make.supporter(session, locale="ja")
    browser = browser_of(first, locale="ja")
    browser.post("/language", {"_furigana": "on", "next": "/"})

    browser.post("/sign-out")
    browser.post("/sign-in", {"name": second.email, "password": make.PASSWORD})

    session.refresh(second)
    assert second.furigana is None


@pytest.fixture
def sixth(tmp_path):
    """A site that was given a folder with a sixth language, and nothing else."""
    pseudo.write_language(tmp_path / "languages", "ar")
    app = create_app(Settings(home=tmp_path / "home", translations=tmp_path / "languages"))
    yield app
    i18n.open_languages(None)


def test_a_sixth_language_is_a_folder_and_nothing_else(sixth):
    browser = Browser(sixth, person=None, locale="ar")

    page = browser.get("/")

    assert (page.soup.html["lang"], page.soup.html["dir"]) == ("ar", "rtl")
    assert "العربية" in [b.get_text() for b in page.soup.select("button[name=_language]")]
    assert not any(word in page.text for word in ("Register", "登録"))


def test_a_title_that_is_not_translated_yet_says_which_language_it_is_in(app, house, session, tmp_path):
    pseudo.write_language(tmp_path, "ar")
    i18n.open_languages(tmp_path)
    browser = Browser(app, person=make.supporter(session), locale="ar")

    page = browser.get("/courses/basic-2")

    i18n.open_languages(None)
    assert {(tag["lang"], tag.get_text()) for tag in page.soup.select("h1 span")} == {("en", "Status of residence")}


def test_a_visitor_is_met_in_the_first_language_of_the_browser_that_is_offered(sixth):
    tags = {"ar-EG,ja;q=0.5": "ar", "th,vi;q=0.8": "vi", "es-MX": "es", "th": "ja", "en-GB,ja": "en"}
    client = sixth.test_client()

    met = {asked: client.get("/", headers={"Accept-Language": asked}).text.split('lang="')[1][:2] for asked in tags}

    assert met == tags


FORM_PAGES = {
    "/register": ("display_name", "見本"),
    "/sign-in": ("name", "mihon@example.jp"),
    "/my-address": ("address", "見本県見本市1-2-3"),
    "/wrong-sentence": ("better", "見本の文"),
}


@pytest.mark.parametrize("path", FORM_PAGES)
def test_every_form_can_change_its_language_by_its_own_buttons(browser_of, session, path):
    signed_in = path not in {"/register", "/sign-in"}
    browser = browser_of(make.supporter(session) if signed_in else None)
    name, typed = FORM_PAGES[path]
    page = browser.get(path)
    button = page.one("button[name=_language][value=vi]")
    form = page.one(f"form#{button['form']}")

    again = browser.post(form["action"], {name: typed, button["name"]: button["value"]}, status=200)

    field = again.one(f"#page-form [name={name}]")
    assert (field.get("value") or field.get_text().strip()) == typed
    assert again.soup.html["lang"] == "vi"


def test_a_comment_of_the_desk_survives_the_language_and_nothing_is_returned(browser_of, office, session):
    person = make.supporter(session)
    response = make.response(session, person, "basic-1")
    desk = browser_of(office)

    again = desk.post(
        f"/secretariat/responses/{response.id}/return",
        {"version": response.version, "comment": "もう少し。", "_language": "ja"},
        status=200,
    )

    session.refresh(response)
    assert again.one("textarea[name=comment]").get_text().strip() == "もう少し。"
    assert response.state == "submitted"


def test_the_back_button_finds_a_form_again_whatever_the_cookie_is_by_then(visitor):
    page = visitor.post("/wrong-sentence", {"sentence": "文", "page": "/", "_language": "vi"}, status=200)

    assert page.response.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" not in page.response.headers.get("Vary", "")


def test_a_refusal_that_is_known_only_afterwards_asks_for_the_password_again(visitor, session):
    person = make.supporter(session)

    page = visitor.post("/register", REGISTRATION | {"email": person.email}, status=422)
    wrong = visitor.post("/register", REGISTRATION | {"consent": ""}, status=422)

    assert [a["href"] for a in page.soup.select(".error-summary a")] == ["#email", "#password"]
    assert [a["href"] for a in wrong.soup.select(".error-summary a")] == ["#password", "#consent"]
    assert page.soup.select("input[name=_refused]") == []


def test_a_word_typed_into_a_search_goes_along(browser_of, office):
    desk = browser_of(office)
    button = desk.get("/secretariat/supporters").one("button[name=_language][value=vi]")

    back = desk.post("/secretariat/supporters", {"text": "見本", "group": "", button["name"]: button["value"]})
    page = desk.follow(back)

    assert button["form"] == "search-form"
    assert "見本" not in back.response.headers["Location"]
    assert page.one("#search-form [name=text]")["value"] == "見本"
    assert page.soup.html["lang"] == "vi"

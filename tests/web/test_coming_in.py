"""Registering, signing in, choosing a language, the first secretariat account."""

import re

import pytest
import sqlalchemy as sa

from lms.kernel.identity import Role, parse_network_id
from lms.supporters import queries
from lms.supporters.models import Mail, SignInFailures, Standing, Supporter
from lms.supporters.rules import StandingKind, Wish
from lms.supporters.views import first_account_url
from tests import make

GOOD = {
    "display_name": "見本 花子",
    "name_kana": "ミホン ハナコ",
    "email": "Hanako@Example.jp",
    "password": "nine chars",
    "participation": "inexperienced",
    "consent": "y",
}


def registered(session) -> Supporter:
    return session.scalars(sa.select(Supporter).order_by(Supporter.id.desc())).first()


def test_registering_gives_a_network_id_and_owes_one_welcome_mail(visitor, session):
    receipt = visitor.follow(visitor.post("/register", GOOD))

    person = registered(session)
    assert person.network_id in receipt.text
    assert parse_network_id(person.network_id) == person.network_id
    assert (person.email, person.role, person.wish) == ("hanako@example.jp", Role.SUPPORTER, Wish.ACCOMPANY)
    assert session.scalars(sa.select(Mail.message).where(Mail.supporter_id == person.id)).all() == ["registered"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"display_name": " "}, "Enter your name."),
        ({"email": "hanako"}, "Enter an e-mail address, such as name@example.jp."),
        ({"email": ""}, "Enter your e-mail address."),
        ({"password": "short"}, "Use at least 8 characters."),
        ({"participation": ""}, "Choose how you would like to take part."),
        ({"consent": ""}, "Please agree, or ask us if you have a question."),
    ],
)
def test_each_mistake_is_said_beside_its_field_and_the_rest_is_kept(visitor, session, changed, said):
    page = visitor.post("/register", GOOD | changed, status=422)

    field = page.soup.select_one(f"[name={next(iter(changed))}]")
    assert field.get("aria-invalid") == "true" or field.find_parent("fieldset") is not None
    assert said in page.text
    kept = page.soup.select_one("[name=name_kana]")
    assert kept["value"] == "ミホン ハナコ"
    assert registered(session) is None


def test_an_old_docomo_address_with_two_dots_is_accepted(visitor, session):
    visitor.post("/register", GOOD | {"email": "a..b@docomo.example.jp"})

    assert registered(session).email == "a..b@docomo.example.jp"


def test_registering_twice_is_told_beside_the_address(visitor, browser_of, session):
    visitor.post("/register", GOOD)

    page = browser_of().post("/register", GOOD | {"email": "HANAKO@example.jp"}, status=422)

    assert "This e-mail address is registered already." in page.text
    assert session.scalar(sa.select(sa.func.count(Supporter.id))) == 1


def test_a_trainee_has_a_dated_standing_and_reads_easy_japanese(browser_of, session):
    browser_of(locale="ja").post("/register", GOOD | {"participation": "trainee"})

    person = registered(session)
    standing = session.scalars(sa.select(Standing)).one()
    assert (standing.kind, standing.until, person.locale, person.wish) == (
        StandingKind.TRAINEE,
        None,
        "ja@easy",
        Wish.LEARN,
    )


def test_a_trainee_who_chose_their_language_keeps_it(browser_of, session):
    browser_of(locale="vi").post("/register", GOOD | {"participation": "trainee"})

    assert registered(session).locale == "vi"


@pytest.mark.parametrize("spelling", ["email", "id", "wide id"])
def test_signing_in_by_mail_or_by_network_id_leads_where_one_wanted_to_go(visitor, session, spelling):
    person = make.supporter(session)
    name = {
        "email": person.email.upper(),
        "id": person.network_id.replace("-", ""),
        "wide id": person.network_id.translate(str.maketrans("0123456789-", "０１２３４５６７８９ー")),
    }[spelling]
    wanted = visitor.client.get("/courses/basic-2").headers["Location"]

    form = visitor.get(wanted)
    target = form.one("form[action='/sign-in'] input[name=next]")["value"]
    done = visitor.post("/sign-in", {"name": name, "password": make.PASSWORD, "next": target})

    assert done.response.headers["Location"] == "/courses/basic-2"
    assert visitor.get("/courses/basic-2").status == 200


@pytest.mark.parametrize(("name", "password"), [("nobody@example.jp", make.PASSWORD), (None, "wrong"), ("１２３", "x")])
def test_a_wrong_name_or_password_says_the_same(visitor, session, name, password):
    person = make.supporter(session)

    page = visitor.post("/sign-in", {"name": name or person.email, "password": password}, status=422)

    assert "The name or the password is not right." in page.text
    assert page.one("[name=name]")["value"] == (name or person.email)


def test_after_five_wrong_passwords_a_name_must_rest_even_with_the_right_one(visitor, session):
    person = make.supporter(session)
    wrong, right = ({"name": person.email, "password": word} for word in ("wrong", make.PASSWORD))
    for _ in range(5):
        visitor.post("/sign-in", wrong, status=422)

    page = visitor.post("/sign-in", right, status=429)
    assert "Too many tries." in page.text

    session.execute(sa.update(SignInFailures).values(last_at=make.days_ago(1)))
    session.commit()
    visitor.post("/sign-in", right)
    assert session.scalars(sa.select(SignInFailures)).all() == []


def test_nobody_is_led_to_another_site_after_signing_in(visitor, session):
    person = make.supporter(session)

    done = visitor.post("/sign-in", {"name": person.email, "password": make.PASSWORD, "next": "//evil.example"})

    assert done.response.headers["Location"] == "/"


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/register", "/"),
        ("/sign-in", "/"),
        ("/sign-in?next=/courses", "/courses"),
        ("/sign-in?next=//evil.example", "/"),
    ],
)
def test_whoever_is_signed_in_is_sent_on(browser_of, session, asked, led):
    answer = browser_of(make.supporter(session)).client.get(asked)

    assert (answer.status_code, answer.headers["Location"]) == (302, led)


def test_signing_out_ends_it(browser_of, session):
    browser = browser_of(make.supporter(session))
    browser.post("/sign-out")

    assert browser.client.get("/my-training").status_code == 302


def test_the_language_is_chosen_stays_and_is_remembered_on_the_account(browser_of, session):
    person = make.supporter(session)
    browser = browser_of(person)

    done = browser.post("/language", {"_language": "es", "next": "/courses"})

    assert done.response.headers["Location"] == "/courses"
    assert browser.get("/courses").soup.html["lang"] == "es"
    session.expire_all()
    assert queries.supporter(session, person.id).locale == "es"


def test_a_first_visit_is_in_the_browsers_language(app, house):
    client = app.test_client()

    seen = {
        asked: re.search(r'<html[^>]* lang="(\w+)"', client.get("/", headers={"Accept-Language": asked}).text)[1]
        for asked in ("vi-VN,vi;q=0.9,en;q=0.5", "fr-FR,es;q=0.5", "ja", "xx")
    }

    assert seen == {"vi-VN,vi;q=0.9,en;q=0.5": "vi", "fr-FR,es;q=0.5": "es", "ja": "ja", "xx": "ja"}


def test_an_unknown_language_is_no_fault(visitor):
    visitor.post("/language", {"_language": "tlh", "next": "/"})

    assert visitor.get("/").soup.html["lang"] == "ja"


def test_the_first_secretariat_account_is_made_once(app, house, visitor, browser_of, session):
    with app.test_request_context():
        path = first_account_url().removeprefix("http://localhost")
    account = {k: GOOD[k] for k in ("display_name", "name_kana", "email", "password")}

    visitor.get(path)
    overview = visitor.follow(visitor.post(path, account))
    again = browser_of().get(path, status=409)

    assert registered(session).role is Role.SECRETARIAT
    assert overview.response.request.path == "/secretariat"
    assert "This link has been used." in again.text


def test_a_forged_first_account_link_does_not_exist(visitor):
    visitor.get("/first-account/forged", status=404)

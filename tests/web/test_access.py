"""Who sees what: nothing without a mark, nothing of others, nothing from other sites."""

import pytest

from tests import make

STAFF_PAGES = [
    "/secretariat",
    "/secretariat/responses",
    "/secretariat/memoranda",
    "/secretariat/supporters",
    "/secretariat/lectures",
    "/secretariat/reports",
    "/secretariat/reports/audit",
    "/secretariat/feed",
]


@pytest.mark.parametrize("url", STAFF_PAGES)
def test_the_secretariats_pages_do_not_exist_for_supporters(browser_of, session, url):
    browser_of(make.supporter(session)).get(url, status=404)


@pytest.mark.parametrize("url", STAFF_PAGES)
def test_the_secretariats_pages_are_there_for_the_secretariat(browser_of, office, url):
    browser_of(office).get(url)


@pytest.mark.parametrize("url", ["/my-training", "/courses", "/courses/basic-1", "/surveys/basic-1", *STAFF_PAGES])
def test_a_visitor_is_asked_to_sign_in_and_comes_back(visitor, url):
    answer = visitor.client.get(url)

    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/sign-in")


def test_a_visitors_post_is_401_and_says_that_what_was_typed_is_kept(visitor):
    page = visitor.post("/surveys/basic-1", {}, status=401)

    assert "What you typed is kept on this device." in page.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({}, 303),
    ],
)
def test_another_site_cannot_act_for_somebody(browser_of, session, headers, status):
    browser_of(make.supporter(session)).post("/sign-out", headers=headers, status=status)


def test_every_answer_carries_the_security_headers(visitor):
    headers = visitor.get("/").response.headers

    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "same-origin")
    assert len(headers["X-Request-ID"]) == 12


def test_a_page_that_is_not_there_has_a_friendly_face_and_a_reference(visitor):
    page = visitor.get("/nowhere", status=404)

    assert page.response.headers["X-Request-ID"] in page.text


def test_a_script_is_answered_in_json(visitor):
    answer = visitor.client.get("/nowhere", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json["error"]) == (404, "There is no such page.")


def test_a_fault_leaves_no_trace_in_the_database_and_no_personal_data_on_the_page(
    app, browser_of, session, monkeypatch
):
    person = make.supporter(session)
    monkeypatch.setattr("lms.supporters.views.redirect", lambda *_, **__: 1 / 0)
    app.testing, app.config["PROPAGATE_EXCEPTIONS"] = False, False
    try:
        page = browser_of(person).post("/language", {"locale": "es"}, status=500)
    finally:
        app.testing, app.config["PROPAGATE_EXCEPTIONS"] = True, None

    session.expire_all()
    session.refresh(person)
    assert person.locale == "en"
    assert page.response.headers["X-Request-ID"] in page.text
    assert "ZeroDivisionError" not in page.html

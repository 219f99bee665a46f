"""Every page of the site, in four scripts, on a telephone and at a desk, by day and by night.

The list comes from the application's own addresses: a new one without a sample fails, so no page can be forgotten.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from werkzeug.routing import Rule

from courses.models import Recording
from lms.demo import people
from lms.kernel import clock
from lms.memoranda.models import Batch, Memorandum
from lms.memoranda.rules import State
from lms.secretariat.people import services as bulk
from lms.secretariat.people.rules import BulkKind
from lms.supporters.models import Supporter
from lms.supporters.views import first_account_url
from lms.web.access import access_of
from surveys.models import Response
from surveys.rules import ResponseState
from tests.browser.looking import carry_axe, look
from tests.browser.whole import Whole, come_in, context_of
from tests.pages import keep

LANGUAGES = ("ja", "ja@easy", "vi", "ar")
# In these also the further faces of a page: for other people, in other states, after a refusal.
EVERY_FACE = {"ja", "ar"}
WHO = {"public": None, "signed_in": people.TRAINEE.email, "secretariat": people.OFFICE.email}
# These answer something else than a page.
NO_PAGES = {
    "/courses/<code>/captions/<language>.vtt",
    "/courses/<code>/chapters/<language>.vtt",
    "/courses/<code>/progress",
    "/feed/<token>.csv",
    "/glossary/terms.json",
    "/health",
    "/media/<int:expires>/<signature>/<recording>/<path:path>",
    "/secretariat/memoranda/<int:memorandum_id>/pack.pdf",
    "/secretariat/papers/calibration/<code>",
    "/secretariat/memoranda/batches/<int:batch_id>/checklist",
    "/secretariat/memoranda/batches/<int:batch_id>/papers/<int:part>",
    "/r/<number>",
    "/secretariat/recordings/<int:recording_id>/captions/<kind>/<language>/file",
    "/secretariat/returns/<int:memorandum_id>/letter",
    "/secretariat/recordings/<int:recording_id>/captions/draft",
    "/secretariat/recordings/<int:recording_id>/progress",
    "/secretariat/supporters/<int:supporter_id>/xapi",
    "/static/<path:path>",
}
SUBMIT = "main form button[type=submit]"
# As pressing it does, wherever it is folded away, and without being asked again.
SEND = "button => button.form.requestSubmit()"


@dataclass(frozen=True)
class Visit:
    """An address, whoever goes there if it is not the usual one, and what they press."""

    path: str
    who: str | None = None
    press: str | None = None


def person(number: int) -> str:
    """One of the demo's lesser people."""
    return f"mihon-{number:02}@example.jp"


EVERYBODY = [people.TRAINEE.email, people.FOREIGN_ROOTS.email, people.SUPPORTER.email, *map(person, range(1, 16))]


def samples(whole: Whole) -> dict[str, list[Visit]]:
    """Visits to addresses that take arguments or have more than one face; to all others one goes as they are."""
    with whole.house.database.read() as session:
        responses = dict(session.execute(sa.select(Response.state, Response.id)).all())
        memoranda = dict(session.execute(sa.select(Memorandum.state, Memorandum.id)).all())
        batches = dict(session.execute(sa.select(Batch.state, Batch.id)).all())
        ids = dict(session.execute(sa.select(Supporter.email, Supporter.id)).all())
        assert session.scalar(sa.select(sa.func.count(Recording.id))) == 2
    with whole.house.database.write() as session:
        planned = bulk.plan(
            session,
            kind=BulkKind.REMIND,
            people=[ids[email] for email in EVERYBODY],
            filters={},
            reason="",
            by=ids[people.OFFICE.email],
            now=clock.now(),
        ).id
    mail = max((whole.house.settings.home / "outbox").glob("*.eml")).stem
    desk = "/secretariat"
    return {
        "/": [Visit("/"), Visit("/nowhere"), Visit("/nowhere", person(3)), Visit("/nowhere", people.OFFICE.email)],
        "/courses/<code>": [Visit(f"/courses/{code}") for code in ("basic-2", "basic-3", "basic-4")],
        "/courses/<code>/transcript": [Visit(f"/courses/basic-2/transcript{more}") for more in ("", "?q=見本", "?q=nothing")],
        "/courses/search": [Visit(f"/courses/search{more}") for more in ("?q=見本", "", "?q=nothing")],
        "/demo/outbox/<name>": [Visit(f"/demo/outbox/{mail}")],
        "/first-account/<token>": [Visit("/first-account/too-old")],
        "/glossary": [Visit("/glossary"), Visit("/glossary?q=card"), Visit("/glossary?q=nothing-of-the-kind")],
        "/my-address": [Visit("/my-address"), Visit("/my-address", person(8), press=SUBMIT)],
        "/my-training": [Visit("/my-training", email) for email in EVERYBODY],
        "/my-training/accompany": [
            Visit("/my-training/accompany", person(10)),
            Visit("/my-training/accompany", person(10), press=SUBMIT),
        ],
        "/register": [Visit("/register"), Visit("/register", press=SUBMIT)],
        "/sign-in": [Visit("/sign-in"), Visit("/sign-in?next=/my-training", press=SUBMIT)],
        "/secretariat/lectures/<code>": [Visit(f"{desk}/lectures/{code}") for code in ("basic-2", "basic-3", "basic-4")],
        "/secretariat/memoranda": [Visit(f"{desk}/memoranda{more}") for more in ("", "?state=posted", "?number=nothing")],
        "/secretariat/memoranda/<int:memorandum_id>": [
            *(Visit(f"{desk}/memoranda/{memoranda[state]}") for state in State if state in memoranda),
            Visit(f"{desk}/memoranda/{memoranda[State.RETURNED]}", press="form[action$='/checked'] button"),
        ],
        "/secretariat/memoranda/batches/<int:batch_id>": [
            *(Visit(f"{desk}/memoranda/batches/{number}") for number in batches.values()),
            *(Visit(f"{desk}/memoranda/batches/{batches[s]}", press="button[value=look]") for s in ("printed",) if s in batches),
        ],
        "/secretariat/returns": [Visit(f"{desk}/returns"), Visit(f"{desk}/returns", press=SUBMIT)],
        "/secretariat/returns/<int:memorandum_id>": [
            *(Visit(f"{desk}/returns/{memoranda[state]}") for state in State if state in memoranda),
            Visit(f"{desk}/returns/{memoranda[State.POSTED]}", press="#page-form button[type=submit]"),
            Visit(f"{desk}/returns/{memoranda[State.RETURNED]}", press="form[action$='/fault'] button"),
        ],
        "/secretariat/returns/<int:memorandum_id>/letter/posted": [
            Visit(f"{desk}/returns/{memoranda[State.INCOMPLETE]}/letter/posted"),
        ],
        "/secretariat/papers": [
            Visit(f"{desk}/papers"),
            Visit(f"{desk}/papers", press="form[action$='/verify'] button"),
        ],
        "/secretariat/programmes/<code>": [Visit(f"{desk}/programmes/new-migration-era-2023")],
        "/secretariat/programmes/<code>/edit": [
            Visit(f"{desk}/programmes/new-migration-era-2023/edit"),
            Visit(f"{desk}/programmes/successor-2026/edit", press="#programme-form button[value=add-hidden]"),
            Visit(f"{desk}/programmes/successor-2026/edit", press="#programme-form .actions button"),
        ],
        "/secretariat/programmes/<code>/versions/<int:number>": [
            Visit(f"{desk}/programmes/new-migration-era-2023/versions/1"),
        ],
        "/secretariat/recordings/<int:recording_id>/captions": [
            Visit(f"{desk}/recordings/1/captions"),
            Visit(f"{desk}/recordings/1/captions", press="#page-form button"),
        ],
        "/secretariat/recordings/<int:recording_id>/captions/<kind>/<language>": [
            Visit(f"{desk}/recordings/1/captions/captions/ja"),
            Visit(f"{desk}/recordings/1/captions/captions/vi", press="#page-form button[type=submit]"),
            Visit(f"{desk}/recordings/1/captions/chapters/ar"),
        ],
        "/secretariat/responses/<int:response_id>": [
            *(Visit(f"{desk}/responses/{number}") for number in responses.values()),
            Visit(f"{desk}/responses/{responses[ResponseState.SUBMITTED]}", press="form[action$='/return'] button"),
        ],
        "/secretariat/feed": [Visit(f"{desk}/feed"), Visit(f"{desk}/feed", press="form[action$='/feed'] button")],
        "/secretariat/reports": [Visit(f"{desk}/reports{more}") for more in ("", "?span=year")],
        "/secretariat/supporters": [
            *(Visit(f"{desk}/supporters{more}") for more in ("", "?group=on-the-way&year=2026", "?papers=held")),
            Visit(f"{desk}/supporters", press="#together button[type=submit]"),
        ],
        "/secretariat/supporters/<int:supporter_id>": [
            Visit(f"{desk}/supporters/{ids[email]}")
            for email in (people.TRAINEE.email, people.FOREIGN_ROOTS.email, people.SUPPORTER.email, person(6))
        ]
        + [
            Visit(f"{desk}/supporters/{ids[people.SUPPORTER.email]}?kind=mails"),
            Visit(f"{desk}/supporters/{ids[people.TRAINEE.email]}", press="form[action*='/notes'] button"),
        ],
        "/secretariat/supporters/together/<int:action_id>": [Visit(f"{desk}/supporters/together/{planned}")],
        "/secretariat/supporters/<int:supporter_id>/watched/<code>": [
            Visit(f"{desk}/supporters/{ids[people.TRAINEE.email]}/watched/basic-2"),
            Visit(f"{desk}/supporters/{ids[people.TRAINEE.email]}/watched/basic-3", press="#page-form button"),
        ],
        "/surveys/<code>": [
            Visit("/surveys/basic-2"),
            Visit("/surveys/basic-2", press=SUBMIT),
            Visit("/surveys/basic-1"),
            Visit("/surveys/basic-3", person(2)),
        ],
    }  # fmt: skip


def pages(whole: Whole) -> list[Rule]:
    """Every address that a person can open and that answers with a page."""
    rules = whole.app.url_map.iter_rules()
    return sorted(
        (rule for rule in rules if "GET" in (rule.methods or ()) and rule.rule not in NO_PAGES),
        key=lambda rule: rule.rule,
    )


def visits(whole: Whole, access: str, *, language: str) -> Iterator[Visit]:
    """The visits to the pages with this access mark, those of one person after another."""
    faces = None if language in EVERY_FACE else 1
    found: list[Visit] = []
    sampled = samples(whole)
    for rule in pages(whole):
        if access_of(whole.app.view_functions[rule.endpoint]) == access:
            found += (sampled.get(rule.rule) or [Visit(rule.rule)])[:faces]
    yield from sorted(found, key=lambda visit: visit.who or WHO[access] or "")


def test_every_page_has_a_sample(whole):
    rules = {rule.rule: rule.arguments for rule in whole.app.url_map.iter_rules() if "GET" in rule.methods}
    sampled = samples(whole)

    assert [rule for rule, arguments in rules.items() if arguments and rule not in sampled.keys() | NO_PAGES] == []
    assert [rule for rule in sampled.keys() | NO_PAGES if rule not in rules] == []
    assert {access_of(whole.app.view_functions[rule.endpoint]) for rule in pages(whole)} == WHO.keys()


@pytest.mark.parametrize("access", WHO)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_accessible_and_in_its_place(whole, browser, language, access):
    context = context_of(browser, whole.url)
    carry_axe(context)
    page = context.new_page()
    found, here = [], "nobody yet"

    for visit in visits(whole, access, language=language):
        if here != (visit.who or WHO[access]):
            here = visit.who or WHO[access]
            come_in(context, here, language=language)
        answer = page.goto(visit.path)
        if visit.press:
            with page.expect_navigation() as pressed:
                page.locator(visit.press).first.evaluate(SEND)
            answer = pressed.value
        keep(visit.path, answer.text())
        assert page.locator("html").get_attribute("lang") == re.sub("@.*", "", language), visit
        found += [f"{visit.path} as {here} {finding}" for finding in look(page)]

    context.close()
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_so_are_the_pages_of_a_site_where_nobody_is_yet(empty_site, browser, language):
    context = context_of(browser, empty_site.url)
    carry_axe(context)
    come_in(context, None, language=language)
    page = context.new_page()
    with empty_site.app.test_request_context(base_url=empty_site.url):
        first_account = first_account_url()

    found = []
    for press in (None, SUBMIT):
        page.goto(first_account)
        if press:
            with page.expect_navigation():
                page.locator(press).first.evaluate(SEND)
        found += look(page)

    context.close()
    assert found == [], "\n".join(found)


WRONG = """<!doctype html><html lang="en"><title>Wrong</title><meta name="viewport" content="width=device-width">
<main><h1>One</h1><h1>Two</h1><p id="wide">wide</p><p id="cut">cutcutcutcutcut</p><p id="pale">pale</p>
<button></button><p><a id="over" href="/a">over</a><a href="/b">under</a></p><input aria-label="small" id="small">
<input aria-label="beside" id="beside"></main></html>"""
STYLES = {
    "wide": "width: 5000px", "cut": "width: 20px; overflow: hidden", "pale": "color: #ccc", "over": "margin-inline-end: -2em",
    "small": "width: 9px; height: 9px; padding: 0", "beside": "width: 9px; height: 9px; padding: 0",
}  # fmt: skip


def test_what_is_wrong_is_found(browser):
    context = browser.new_context()
    carry_axe(context)
    page = context.new_page()
    page.set_content(WRONG)
    for name, style in STYLES.items():
        page.evaluate("([id, style]) => { document.getElementById(id).style = style; }", [name, style])

    found = "\n".join(look(page))

    context.close()
    for sign in (
        "scrolls sideways", "over the edge", "text is cut off", "2 h1", "lie on each other", "no accessible name: button",
        "[360 light] axe color-contrast", "[1280 dark] axe color-contrast", "axe target-size", "axe button-name",
    ):  # fmt: skip
        assert sign in found, (sign, found)

"""The papers of several people through the pages of the desk: a batch, the post, what comes back."""

from collections.abc import Iterator
from io import BytesIO

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from lms.app import house_for
from lms.kernel.settings import Settings
from lms.memoranda.models import Memorandum, Posting
from lms.memoranda.rules import State
from lms.migrations import migrate
from lms.qualification import services as qualification
from tests import make
from tests.browser.conftest import DESK, Site, check_accessible
from tests.browser.test_journey import press
from tests.conftest import load_content
from tests.desk import answers
from tests.invariants import check_papers
from tests.processes import free_port, lms, wait_for

NAMES = ("見本 花子", "Mihon Nguyễn Thị Mẫu", "見本 髙橋 太郎")
BATCH = "/secretariat/memoranda/batches"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    """Three people whose papers are due, and a worker."""
    folder = tmp_path_factory.mktemp("papers")
    house = house_for(Settings(home=folder / "home"))
    migrate(house.database)
    load_content(house.database)
    with house.database.session(write=True) as session:
        office = make.secretariat(session)
        for name in NAMES:
            person = make.supporter(session, participation=make.Participation.EXPERIENCED, display_name=name)
            make.address(session, person)
            qualification.confirm_experience(session, supporter=person.id, by=office.id, now=make.now())
        session.commit()
    port = free_port()
    with lms("serve", home=folder / "home", log=folder / "log", port=str(port)):
        url = f"http://127.0.0.1:{port}"
        wait_for(lambda: answers(url))
        yield Site(url, house, office.email, "")
    house.database.engine.dispose()


def tracking_number(count: int) -> str:
    """Eleven digits, the last of which is the rest of the others by seven, as the post makes them."""
    return f"{9000000000 + count}{(9000000000 + count) % 7}"


def memoranda(site: Site) -> list[Memorandum]:
    with site.house.database.read() as session:
        return list(session.scalars(sa.select(Memorandum).order_by(Memorandum.id)))


def come_back(desk: Page, number: str, *, signing: str, has_bank_form: bool) -> None:
    """Scan a sheet and say what was in its envelope; the scanner ends with Enter."""
    desk.goto("/secretariat/returns")
    desk.keyboard.type(number)
    desk.keyboard.press("Enter")
    desk.locator(f"main [name=signing][value={signing}]").check()
    desk.locator("main [name=has_bank_form]").set_checked(has_bank_form)
    check_accessible(desk)
    desk.locator("main button[value=checked]").click()
    expect(desk.locator("main [name=number]")).to_be_focused()  # ready for the next


def test_three_envelopes_from_due_to_complete(site, open_page, shots):
    wait_for(lambda: all(memo.pack_key for memo in memoranda(site)))
    desk = open_page(site.office, DESK)
    desk.goto(f"{BATCH}/new")
    check_accessible(desk)
    press(desk, "new")
    check_accessible(desk)
    shots(desk, "batch-proof-1280")
    for _ in NAMES:
        press(desk, "accept")
    desk.locator("[name=service][value=recorded]").check()
    press(desk, "release")
    wait_for(lambda: desk.reload() and desk.locator("main a[href$='/papers/1']").count())
    pdf = desk.request.get(str(desk.locator("main a[href$='/papers/1']").get_attribute("href"))).body()
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    numbers = [memo.number for memo in memoranda(site)]
    assert [number in text for number in numbers] == [True] * len(NAMES)

    press(desk, "printed")
    desk.fill("[name=pasted]", "\n".join(tracking_number(n) for n in range(len(NAMES))))
    desk.locator("main button[value=look]").click()
    desk.wait_for_load_state("networkidle")
    check_accessible(desk)
    shots(desk, "batch-posting-1280")
    desk.locator("main button[value=posted]").click()
    desk.locator("dialog[open] button").last.click()
    desk.wait_for_load_state("networkidle")
    shots(desk, "batch-posted-1280")
    with site.house.database.read() as session:
        kept = session.scalars(sa.select(Posting.tracking).order_by(Posting.tracking)).all()
    assert [number.replace("-", "") for number in kept] == [tracking_number(n) for n in range(len(NAMES))]

    for number in numbers[:-1]:
        come_back(desk, number, signing="signed", has_bank_form=True)
    come_back(desk, numbers[-1], signing="sealed", has_bank_form=False)
    assert [memo.state for memo in memoranda(site)] == [State.CHECKED, State.CHECKED, State.INCOMPLETE]
    desk.goto(f"/secretariat/memoranda/{memoranda(site)[-1].id}")
    check_accessible(desk)
    shots(desk, "memorandum-incomplete-1280")
    come_back(desk, f"{site.url}/r/{numbers[-1]}", signing="absent", has_bank_form=True)
    for memo in memoranda(site):
        desk.goto(f"/secretariat/memoranda/{memo.id}")
        press(desk, "complete")

    assert [memo.state for memo in memoranda(site)] == [State.COMPLETE] * len(NAMES)
    with site.house.database.read() as session:
        check_papers(session)

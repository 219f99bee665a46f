"""kill -9 of web and worker at every step of the paper cycle, and somebody at the desk who simply presses again."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email.parser import BytesHeaderParser
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from lms.app import create_app, worker_for
from lms.kernel.settings import Settings
from lms.kernel.work import OwedWork
from lms.memoranda.models import Memorandum
from lms.memoranda.rules import State
from lms.migrations import migrate
from lms.supporters.models import Mail, MailFailure, Supporter
from lms.web.context import House
from tests import make
from tests.conftest import load_content
from tests.desk import Desk, answers, form_of
from tests.invariants import check_papers
from tests.processes import free_port, lms, wait_for

PEOPLE = 8
UNSURE = MailFailure.UNSURE
# A mail that is told at most once takes four transactions: claimed, begun, sent, done.
DEATHS_OF_A_MAIL = ("after:1", "before:2", "after:2", "before:3", "after:3", "before:4", "after:4", "before:1")


class Post(Sink):
    """A mail server that remembers which mails arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 – the name aiosmtpd calls
        self.names.append(BytesHeaderParser().parsebytes(envelope.content)["Message-ID"])
        return "250 kept"


class Place:
    """A site whose processes die at the given moments and are started again."""

    def __init__(self, house: House, post: Post, *, smtp_url: str, log: Path) -> None:
        self.house, self.post, self.log = house, post, log
        self.settings = {"smtp_url": smtp_url, "lease_seconds": "1"}
        self.moments: list[str] = []
        self.kills = 0
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.web = ExitStack()

    def start(self, *words: str, moment: str | None = None, **more: str):
        """`lms WORDS…`, to die at a moment or to live."""
        more = self.settings | more
        if moment is None:
            return lms(*words, home=self.house.settings.home, log=self.log, **more)
        return lms(moment, *words, program="tests.dying", home=self.house.settings.home, log=self.log, **more)

    def open_web(self) -> None:
        """The web server, to die at the next of its moments."""
        self.web.close()
        moment = self.moments.pop(0) if self.moments else None
        self.process = self.web.enter_context(self.start("serve", "--no-worker", moment=moment, port=str(self.port)))
        wait_for(lambda: answers(self.base), seconds=30)

    def press(self, desk: Desk, page: str, ending: str, **typed: object) -> int:
        """Look at a page and press a button of it; when the site dies meanwhile, press the same again."""
        action, fields = form_of(desk.look(page), ending)
        while True:
            try:
                return desk.post(action, fields | typed)
            except OSError:
                assert self.process.wait(10) == -9
                self.kills += 1
                self.open_web()

    def die(self, moment: str, *, lease_seconds: str = "1") -> None:
        """A worker that carries out what is owed until it dies."""
        with self.start("work", moment=moment, lease_seconds=lease_seconds) as worker:
            assert worker.wait(30) == -9
        self.kills += 1

    def work(self) -> None:
        """A worker that lives until nothing is owed."""
        with self.start("work"):
            wait_for(lambda: self.all(sa.select(OwedWork.key).where(OwedWork.done_at.is_(None))) == [], seconds=60)

    def all(self, question: sa.Select) -> list:
        with self.house.database.read() as session:
            return list(session.scalars(question))

    def states(self) -> Counter:
        return Counter(self.all(sa.select(Memorandum.state)))

    def arrived(self, mail: Mail) -> int:
        return self.post.names.count(f"<mail-{mail.id:06d}@127.0.0.1>")

    def check(self) -> None:
        with self.house.database.read() as session:
            check_papers(session)


@pytest.fixture
def place(tmp_path) -> Iterator[Place]:
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    app = create_app(Settings(home=tmp_path / "home", public_url="http://localhost"))
    house: House = app.extensions["house"]
    migrate(house.database)
    load_content(house.database)
    place = Place(house, post, smtp_url=f"smtp://127.0.0.1:{controller.port}", log=tmp_path / "log")
    yield place
    place.web.close()
    controller.stop()
    house.database.engine.dispose()


def people_with_one_answer_to_read(place: Place, number: int) -> tuple[str, list[int]]:
    """The office's address for signing in, and the answers; every mail until now has been sent."""
    with place.house.database.session(write=True) as session:
        office = make.secretariat(session)
        waiting = []
        for _ in range(number):
            person = make.supporter(session)
            make.address(session, person)
            make.accepted(session, person, make.BASIC[:4], by=office)
            waiting.append(make.response(session, person, "basic-5").id)
    app = create_app(place.house.settings)
    worker = worker_for(app)
    worker.owe_daily()
    worker.drain()
    app.extensions["house"].database.engine.dispose()
    return office.email, waiting


def signed_in(place: Place, name: str) -> Desk:
    place.open_web()
    desk = Desk(place.base, name)
    desk.sign_in()
    return desk


def test_whatever_dies_at_whatever_step_each_thing_happens_once(place):
    name, waiting = people_with_one_answer_to_read(place, PEOPLE)
    desk = signed_in(place, name)
    # Each phase loses the site twice: before it keeps what the first press has changed, and then, when that is pressed
    # again, after keeping it and before answering. What is pressed once more then finds it done and changes nothing,
    # so that the eighth change from there is the next phase's first.
    place.moments = ["before:1", "after:1", *["before:8", "after:1"] * 5]
    place.open_web()
    outcomes: dict[str, list[int]] = {}

    def sheet(number: int) -> str:
        return f"/secretariat/memoranda/{number}"

    def everybody(step: str, page: Callable[[int], str] = sheet, **typed: object) -> None:
        numbers = waiting if step == "accept" else place.all(sa.select(Memorandum.id).order_by(Memorandum.id))
        outcomes[step] = [place.press(desk, page(number), f"/{step}", **typed) for number in numbers]
        place.check()

    everybody("accept", lambda number: f"/secretariat/responses/{number}")
    for moment in ("before:1", "after:1", "before:2", "after:2", "before:3", "after:3"):
        place.die(moment)
    place.work()
    assert place.all(sa.select(Memorandum.id).where(Memorandum.pack_key.is_(None))) == []
    everybody("printed")
    outcomes["posted"] = []
    for number, moment in zip(place.all(sa.select(Memorandum.id).order_by(Memorandum.id)), DEATHS_OF_A_MAIL, strict=True):
        outcomes["posted"].append(place.press(desk, sheet(number), "/posted"))
        place.die(moment, lease_seconds="600")  # nobody takes it over before everybody has died
    place.check()
    with place.house.database.write() as session:
        session.execute(sa.update(OwedWork).where(OwedWork.done_at.is_(None)).values(lease_until=make.days_ago(1)))
    place.work()
    place.check()
    posted = sa.select(Mail).where(Mail.message == "memorandum-posted").order_by(Mail.id)
    assert [(place.arrived(mail), mail.failure) for mail in place.all(posted)] == [
        (0, UNSURE) if moment == "after:2" else (1, UNSURE) if moment == "before:3" else (1, None)
        for moment in DEATHS_OF_A_MAIL
    ]
    everybody("returned", signing="signed")
    everybody("checked", memorandum_right="y", bank_form_right="y")
    everybody("complete")
    place.work()

    assert place.kills == 26
    assert place.states() == {State.COMPLETE: PEOPLE}
    assert set(outcomes) == {"accept", "printed", "posted", "returned", "checked", "complete"}
    assert all(codes[0] in {409, 422} and codes[1:] == [303] * (PEOPLE - 1) for codes in outcomes.values()), outcomes
    place.check()

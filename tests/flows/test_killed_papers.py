"""kill -9 of web and worker at every step of the paper cycle, and somebody at the desk who simply presses again."""

import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from email.parser import BytesHeaderParser
from http.client import HTTPException
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from lms.app import create_app, worker_for
from lms.kernel.settings import Settings
from lms.kernel.work import OwedWork
from lms.memoranda.models import Batch, Memorandum
from lms.memoranda.rules import BatchState, State
from lms.migrations import migrate
from lms.supporters.models import Mail, MailFailure
from lms.web.context import House
from tests import make
from tests.conftest import load_content
from tests.desk import Desk, answers, form_of
from tests.invariants import check_papers
from tests.processes import free_port, kill, lms, wait_for

PEOPLE = 8
SEED = 5
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


# Every phase loses the site twice: before it keeps what the first press has changed, and, when that is pressed again,
# after keeping it and before answering. What is pressed once more finds it done. The numbers say how many changes of
# the phase before the next life still sees: accepting and letting be are done for each person, the rest for the batch.
DEATHS_OF_THE_SITE = {
    "accept": "before:1",
    "new": f"before:{PEOPLE}",
    "let be": "before:1",
    "release": f"before:{PEOPLE + 1}",  # letting be what was let be before is no conflict, and keeps nothing new
    "printed": "before:1",
    "posted": "before:1",
    "returned": "before:1",
    "checked": f"before:{PEOPLE}",
    "complete": f"before:{PEOPLE}",
}
TOLD = {409, 422}


def test_whatever_dies_at_whatever_step_each_thing_happens_once(place):
    name, waiting = people_with_one_answer_to_read(place, PEOPLE)
    desk = signed_in(place, name)
    place.moments = [moment for before in DEATHS_OF_THE_SITE.values() for moment in (before, "after:1")]
    place.open_web()
    outcomes: dict[str, list[int]] = {}

    def press(phase: str, page: str, ending: str, **typed: object) -> None:
        outcomes.setdefault(phase, []).append(place.press(desk, page, ending, **typed))
        place.check()

    for number in waiting:
        press("accept", f"/secretariat/responses/{number}", "/accept")
    for moment in ("before:1", "after:1", "before:2", "after:2"):
        place.die(moment)
    place.work()
    memoranda = place.all(sa.select(Memorandum.id).order_by(Memorandum.id))
    assert place.all(sa.select(Memorandum.id).where(Memorandum.pack_key.is_(None))) == []

    press("new", "/secretariat/memoranda/batches/new", "/new")
    [batch] = place.all(sa.select(Batch.id))
    page = f"/secretariat/memoranda/batches/{batch}"
    for _ in memoranda:
        press("let be", page, "/accept")
    press("release", page, "/release")
    for moment in ("before:1", "after:1", "before:3", "after:3"):
        place.die(moment)
    place.work()
    press("printed", page, "/printed")
    press("posted", page, "/posted", step="posted")

    for moment in DEATHS_OF_A_MAIL:
        place.die(moment, lease_seconds="600")  # nobody takes it over before everybody has died
    with place.house.database.write() as session:
        session.execute(sa.update(OwedWork).where(OwedWork.done_at.is_(None)).values(lease_until=make.days_ago(1)))
    place.work()
    posted = sa.select(Mail).where(Mail.message == "memorandum-posted").order_by(Mail.id)
    assert [(place.arrived(mail), mail.failure) for mail in place.all(posted)] == [
        (0, UNSURE) if moment == "after:2" else (1, UNSURE) if moment == "before:3" else (1, None)
        for moment in DEATHS_OF_A_MAIL
    ]

    for number in memoranda:
        press("returned", f"/secretariat/returns/{number}", f"/returns/{number}", signing="signed")
    for number in memoranda:
        ticked = {"memorandum_right": "y", "bank_form_right": "y"}
        press("checked", f"/secretariat/memoranda/{number}", "/checked", **ticked)
    for number in memoranda:
        press("complete", f"/secretariat/memoranda/{number}", "/complete")
    place.work()

    assert place.kills == len(place.moments) + 2 * len(DEATHS_OF_THE_SITE) + 4 + 4 + len(DEATHS_OF_A_MAIL) == 34
    assert place.states() == {State.COMPLETE: PEOPLE}
    assert list(outcomes) == list(DEATHS_OF_THE_SITE)
    first = {phase: codes.pop(0) for phase, codes in outcomes.items()}
    assert {phase for phase, code in first.items() if code not in TOLD} == {"let be"}
    assert all(set(codes) <= {303} for codes in outcomes.values()), outcomes
    assert place.all(sa.select(Batch.state)) == [BatchState.POSTED]
    place.check()


class Butcher(threading.Thread):
    """Stops web or worker in the middle of whatever it does, then kills it and starts another, again and again."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place, self.done, self.chance = place, threading.Event(), random.Random(SEED)

    def run(self) -> None:
        with ExitStack() as lives:
            worker = lives.enter_context(self.place.start("work"))
            while not self.done.wait(self.chance.uniform(0.3, 2.5)):
                victim = self.chance.choice((self.place.process, worker))
                victim.send_signal(signal.SIGSTOP)
                self.done.wait(0.1)
                kill(victim)
                self.place.kills += 1
                if victim is worker:
                    worker = lives.enter_context(self.place.start("work"))
                else:
                    self.place.open_web()


def press_somehow(place: Place, desk: Desk, page: str, ending: str, **typed: object) -> None:
    """Look and press until the button is gone or something answers, as somebody does on a bad day."""
    while True:
        try:
            action, fields = form_of(desk.look(page), ending)
            assert desk.post(action, fields | typed) in {303, *TOLD}
        except LookupError:
            return
        except (OSError, HTTPException):
            wait_for(lambda: answers(place.base), seconds=60)


def test_with_processes_that_die_at_any_moment_everything_is_done_once_in_the_end(place):
    name, waiting = people_with_one_answer_to_read(place, 4)
    desk = signed_in(place, name)
    butcher = Butcher(place)
    butcher.start()
    try:
        for number in waiting:
            press_somehow(place, desk, f"/secretariat/responses/{number}", "/accept")
        papers = sa.select(Memorandum.id).where(Memorandum.pack_key.is_not(None))
        wait_for(lambda: len(place.all(papers)) == len(waiting), seconds=120)
        press_somehow(place, desk, "/secretariat/memoranda/batches/new", "/new")
        [batch] = place.all(sa.select(Batch.id))
        page = f"/secretariat/memoranda/batches/{batch}"
        for ending in ("/accept", "/release"):
            press_somehow(place, desk, page, ending)
        wait_for(lambda: place.all(sa.select(Batch.pdf_keys)) != [[]], seconds=120)
        press_somehow(place, desk, page, "/printed")
        press_somehow(place, desk, page, "/posted", step="posted")
        for number in place.all(papers):
            there = {"signing": "signed", "then": "checked"}
            press_somehow(place, desk, f"/secretariat/returns/{number}", f"/returns/{number}", **there)
            press_somehow(place, desk, f"/secretariat/memoranda/{number}", "/complete")
    finally:
        butcher.done.set()
        butcher.join()
    place.work()

    place.check()
    assert place.states() == {State.COMPLETE: len(waiting)}
    assert place.kills > 0
    for mail in place.all(sa.select(Mail).where(Mail.message == "memorandum-posted")):
        assert place.arrived(mail) <= 1, mail.failure
        assert (place.arrived(mail) == 1) or mail.failure is UNSURE

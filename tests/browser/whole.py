"""A site with everybody and everything on it, and how to come before any of its pages in any language."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from courses.models import Viewing
from courses.probe import probe
from courses.queries import lecture
from courses.services import add_recording
from lms import demo
from lms.app import create_app, worker_for
from lms.demo import people
from lms.kernel import clock
from lms.kernel.settings import Settings
from lms.migrations import migrate
from lms.supporters import queries as supporters
from lms.web.context import House
from tests import make
from tests.conftest import load_content
from tests.flows.test_killed import _answers
from tests.media import SPOKEN, clip
from tests.processes import free_port, lms, wait_for

CAPTIONS = {"ja": "00:00.000 --> 00:12.000\n{見本|みほん}の{字幕|じまく}です。\n"}
FILM = "uploads/film"
SECONDS = 12


@dataclass(frozen=True)
class Whole:
    """A running site: its address, its application and parts, the folder of its further languages."""

    url: str
    app: Flask
    house: House


@contextmanager
def serving(folder: Path, *, demo_people: bool, translations: Path) -> Iterator[Whole]:
    """The site as `lms serve` serves it, without a worker: what is being prepared stays so.

    With the demo's people, one recording that plays, one that is being prepared, all mails sent and papers made. Only
    the served site offers the further languages: which ones there are is known once for a whole process.
    """
    port = free_port()
    settings = Settings(home=folder / "home", port=port, demo=demo_people)
    app = create_app(replace(settings, organisation=demo.ORGANISATION) if demo_people else settings)
    house: House = app.extensions["house"]
    migrate(house.database)
    if demo_people:
        demo.install(app)
        load_content(house.database)
        _fill(app, house, folder)
    more = {"demo": "1"} if demo_people else {}
    with lms(
        "serve", "--no-worker", home=settings.home, log=folder / "log", port=str(port), translations=str(translations),
        **more,
    ):  # fmt: skip
        wait_for(lambda: _answers(settings.url))
        yield Whole(settings.url, app, house)
    house.database.engine.dispose()


def _fill(app: Flask, house: House, folder: Path) -> None:
    film = clip(folder / "film.mp4", size="640x360", fps="15", seconds=SECONDS, sound=SPOKEN)
    target = house.storage.path(FILM)
    target.parent.mkdir(parents=True)
    shutil.copyfile(film, target)
    with house.database.write() as session:
        people.fill(session, house=house, now=clock.now())
        ready = _add(house, session, "basic-2", film)
        trainee = supporters.by_sign_in_name(session, people.TRAINEE.email)
        assert trainee is not None
        session.add(
            Viewing(
                supporter_id=trainee.id, recording_id=ready.id, intervals=[[0, 3000], [5000, 6000]], unverified=[], covered_ms=4000,
                position_ms=3000, play_session="demo", sequence=0, covered_at=None, position_at=clock.now(),
            )
        )  # fmt: skip
    worker_for(app).drain()
    with house.database.write() as session:
        _add(house, session, "basic-3", film)


def _add(house: House, session, code: str, film: Path):
    added = add_recording(
        session, lecture_id=lecture(session, code).id, source_key=FILM, file_name="見本.mp4", probe=probe(film),
        by=None, now=clock.now(),
    )  # fmt: skip
    make.captions(session, added, CAPTIONS)
    return added


def come_in(context: BrowserContext, email: str | None, *, language: str) -> None:
    """Sign somebody in without looking at the form, and choose their language."""
    context.clear_cookies()
    if email is not None:
        form = {"name": email, "password": people.PASSWORD}
        answer = context.request.post("/sign-in", form=form, max_redirects=0)
        assert answer.status == 303, email
    context.request.post("/language", form={"_language": language}, max_redirects=0)


def context_of(browser: Browser, url: str, **more) -> BrowserContext:
    return browser.new_context(
        base_url=url, locale="ja-JP", timezone_id="Asia/Tokyo", **{"viewport": {"width": 360, "height": 740}} | more
    )


def page_of(browser: Browser, url: str, email: str | None, *, language: str = "ja", **more) -> Page:
    context = context_of(browser, url, **more)
    come_in(context, email, language=language)
    return context.new_page()

"""A site whose recordings and letters lie in an object store: from the upload to the film, from the answer to the papers."""

import re

import pytest
import sqlalchemy as sa

from courses.models import Recording, Upload
from courses.rules import RecordingState
from lms.app import create_app, worker_for
from lms.checks import check
from lms.kernel.settings import Settings
from lms.memoranda.models import Memorandum
from lms.migrations import migrate
from tests import make
from tests.conftest import load_content
from tests.media import clip
from tests.pages import Browser
from tests.processes import free_port


@pytest.fixture
def app(object_store, tmp_path):
    app = create_app(Settings(home=tmp_path / "home", storage_url=object_store.url(), media="redirect"))
    app.testing = True
    house = app.extensions["house"]
    migrate(house.database)
    load_content(house.database)
    yield app
    house.database.engine.dispose()


@pytest.fixture
def house(app):
    return app.extensions["house"]


def upload(browser, content: bytes) -> None:
    begun = browser.client.post(
        "/secretariat/lectures/basic-2/uploads",
        headers={"Upload-Length": str(len(content)), "Upload-Metadata": "filename ZmlsbS5tcDQ="},
    )
    place = begun.headers["Location"]
    browser.client.patch(place, data=content, headers={"Upload-Offset": "0"})
    for _ in range(2):  # the second time, as if the first answer had been lost
        assert browser.client.post(f"{place}/finish").status_code == 200
        assert browser.client.head(place).headers["Upload-Offset"] == str(len(content))


def test_an_upload_becomes_a_film_in_the_store_and_leaves_nothing_here(app, house, tmp_path):
    with house.database.session(write=True) as session:
        office, person = make.secretariat(session), make.supporter(session)
    source = clip(tmp_path / "film.mp4", size="320x180", fps="15", seconds=2)

    upload(Browser(app, person=office, locale="en"), source.read_bytes())
    with house.database.read() as session:
        film = session.scalars(sa.select(Recording)).one()
        original = session.scalars(sa.select(Upload)).one().storage_key
    kept = house.storage.get(original)
    worker_for(app).drain()

    assert kept == source.read_bytes()
    with house.database.read() as session:
        assert session.get_one(Recording, film.id).state is RecordingState.PUBLISHED
    assert {f"{film.folder}/master.m3u8", f"{film.folder}/fallback.mp4"} <= set(house.storage.keys(film.folder))
    assert [path for path in house.settings.media_folder.rglob("*") if path.is_file()] == []
    learner = Browser(app, person=person, locale="en")
    found = re.search(r'"(/media/[^"]+/)master\.m3u8"', learner.get("/courses/basic-2").html)
    playlist = learner.client.get(f"{found[1]}master.m3u8")
    segment = learner.client.get(f"{found[1]}240p/init.mp4")
    assert (playlist.status_code, playlist.text[:7], segment.status_code) == (200, "#EXTM3U", 302)
    assert segment.headers["Location"].startswith(f"{house.storage.origin}/tests/")


def test_papers_lie_in_the_store_and_an_old_address_goes(app, house):
    with house.database.session(write=True) as session:
        office, person = make.secretariat(session), make.supporter(session)
        make.address(session, person)
        make.accepted(session, person, make.BASIC, by=office)
        memo = session.scalars(sa.select(Memorandum)).one()
    desk = Browser(app, person=office, locale="en")
    worker_for(app).drain()
    first = house.storage.keys(f"packs/{memo.id}")

    with house.database.session(write=True) as session:
        make.address(session, session.get_one(type(person), person.id))
    desk.post(f"/secretariat/memoranda/{memo.id}/render", {}, status=303)
    worker_for(app).drain()

    assert len(first) == 1
    assert len(house.storage.keys(f"packs/{memo.id}")) == 1
    assert desk.client.get(f"/secretariat/memoranda/{memo.id}/pack.pdf").data.startswith(b"%PDF")


def test_a_store_that_does_not_answer_is_an_error_of_the_check(app, house, tmp_path):
    nobody = f"s3://bucket?endpoint=http://127.0.0.1:{free_port()}"
    other = create_app(Settings(home=tmp_path, storage_url=nobody, media="redirect")).extensions["house"]

    found = [{finding.id for finding in check(parts)} & {"E05"} for parts in (house, other)]

    assert found == [set(), {"E05"}]

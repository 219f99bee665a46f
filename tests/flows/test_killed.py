"""kill -9 at the worst moment: nothing acknowledged is lost, nothing happens twice, nothing is half there."""

import shutil
import signal
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import pytest
import sqlalchemy as sa

from courses.models import Recording
from courses.probe import probe
from courses.queries import lecture
from courses.rules import RecordingState
from courses.services import add_recording
from lms.app import house_for
from lms.kernel import clock
from lms.kernel.history import HistoryEntry
from lms.kernel.settings import Settings
from lms.kernel.work import OwedWork
from lms.memoranda.models import Memorandum
from lms.migrations import migrate
from lms.qualification.models import Qualification
from lms.supporters.models import Mail
from surveys.models import Response
from surveys.rules import ResponseState
from tests import make
from tests.conftest import load_content
from tests.media import clip
from tests.processes import free_port, kill, lms, wait_for


@pytest.fixture
def site(tmp_path):
    """A site of its own in a folder with a space and Japanese in its name."""
    house = house_for(Settings(home=tmp_path / "見本 の site"))
    migrate(house.database)
    load_content(house.database)
    yield house
    house.database.engine.dispose()


def test_a_worker_killed_in_the_middle_of_a_transcode_leaves_nothing_and_the_next_one_finishes(site, tmp_path):
    home, log = site.settings.home, tmp_path / "log"
    source = clip(tmp_path / "long.mp4", size="1280x720", seconds=24, fps="30")
    with site.database.write() as session:
        target = site.storage.path("uploads/film")
        target.parent.mkdir(parents=True)
        shutil.copyfile(source, target)
        film = add_recording(
            session,
            lecture_id=lecture(session, "basic-2").id,
            source_key="uploads/film",
            file_name="film.mp4",
            probe=probe(source),
            by=None,
            now=clock.now(),
        )

    def row() -> OwedWork:
        with site.database.read() as session:
            return session.scalars(sa.select(OwedWork).where(OwedWork.key == film.work_key)).one()

    def state() -> RecordingState:
        with site.database.read() as session:
            return session.get_one(Recording, film.id).state

    with lms("work", home=home, log=log, lease_seconds="2") as worker:
        wait_for(lambda: row().progress > 100)
        kill(worker)
    assert state() is RecordingState.PREPARING
    assert not site.storage.path(film.folder).exists()

    with lms("work", home=home, log=log, lease_seconds="2"):
        wait_for(lambda: state() is RecordingState.PUBLISHED)
        wait_for(lambda: row().done_at is not None)

    assert row().attempts == 2
    assert (site.storage.path(film.folder) / "master.m3u8").is_file()
    assert [p.name for p in site.storage.path("recordings").iterdir()] == [film.key]
    with site.database.read() as session:
        steps = session.scalars(sa.select(HistoryEntry.step).where(HistoryEntry.subject_kind == "recording"))
        assert list(steps) == ["recording.added", "recording.published"]


def test_a_site_killed_between_accepting_answers_keeps_what_it_acknowledged_whole(site, tmp_path):
    home, log, port = site.settings.home, tmp_path / "log", free_port()
    with site.database.session(write=True) as session:
        office = make.secretariat(session)
        waiting = []
        for _ in range(8):
            person = make.supporter(session)
            make.accepted(session, person, make.BASIC[:4], by=office)
            waiting.append(make.response(session, person, "basic-5").id)
    base = f"http://127.0.0.1:{port}"
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), _NoRedirect)

    def post(path: str, **data: str) -> int:
        try:
            return opener.open(base + path, urllib.parse.urlencode(data).encode(), timeout=20).status
        except urllib.error.HTTPError as error:
            return error.code

    with lms("serve", "--no-worker", home=home, log=log, port=str(port)) as web:
        wait_for(lambda: _answers(base))
        assert post("/sign-in", name=office.email, password=make.PASSWORD) == 303
        acknowledged = [number for number in waiting[:5] if post(f"/secretariat/responses/{number}/accept") == 303]
        assert len(acknowledged) == 5
        # One more is on its way when the process dies.
        web.send_signal(signal.SIGSTOP)
        with pytest.raises(OSError, match=r"timed out|reset|refused|closed|Remote"):
            opener.open(base + f"/secretariat/responses/{waiting[5]}/accept", b"", timeout=0.3)
        kill(web)

    with site.database.read() as session:
        accepted = set(session.scalars(sa.select(Response.id).where(Response.state == ResponseState.ACCEPTED))) & {
            *waiting
        }
        assert set(acknowledged) <= accepted
        everybody = session.scalars(sa.select(Response.supporter_id).where(Response.id.in_(accepted))).all()
        assert sorted(session.scalars(sa.select(Qualification.supporter_id))) == sorted(everybody)
        assert sorted(session.scalars(sa.select(Memorandum.supporter_id))) == sorted(everybody)
        due = session.scalars(sa.select(Mail.supporter_id).where(Mail.message == "memorandum-due"))
        assert sorted(due) == sorted(everybody)

    with lms("serve", "--no-worker", home=home, log=log, port=str(port)):
        wait_for(lambda: _answers(base))
        again = [post(f"/secretariat/responses/{number}/accept") for number in waiting]

    assert [code for number, code in zip(waiting, again, strict=True) if number in accepted] == [409] * len(accepted)
    with site.database.read() as session:
        assert session.scalar(sa.select(sa.func.count(Memorandum.id))) == len(waiting)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _answers(base: str) -> bool:
    try:
        return urllib.request.urlopen(base + "/health", timeout=2).status == 200
    except OSError:
        return False

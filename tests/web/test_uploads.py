"""A recording comes in: in pieces, in one piece, from the command line; and what cannot be used is refused."""

from base64 import b64encode
from io import BytesIO

import pytest
import sqlalchemy as sa

from courses.models import Recording, Upload
from courses.rules import RecordingState
from tests import make
from tests.media import clip, cut, portrait_mp4, sound_only_mp4


@pytest.fixture
def desk(browser_of, office):
    return browser_of(office)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return clip(tmp_path_factory.mktemp("film") / "film.mp4", size="640x360", fps="15", seconds=2).read_bytes()


def begin(desk, length, name="見本 講義.mp4"):
    return desk.client.post(
        "/secretariat/lectures/basic-2/uploads",
        headers={"Upload-Length": str(length), "Upload-Metadata": f"filename {b64encode(name.encode()).decode()}"},
    )


def patch(desk, place, offset, piece):
    return desk.client.patch(
        place, data=piece, headers={"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    )


def test_a_film_that_arrives_in_pieces_is_prepared_published_and_streamable(desk, session, film, worker, house):
    place = begin(desk, len(film)).headers["Location"]
    half = len(film) // 2

    first = patch(desk, place, 0, film[:half])
    lost = patch(desk, place, 0, film[:half])  # the answer was lost and the player sends it again
    here = desk.client.head(place)
    rest = patch(desk, place, int(here.headers["Upload-Offset"]), film[half:])
    done = desk.client.post(f"{place}/finish")
    again = desk.client.post(f"{place}/finish")

    assert [a.status_code for a in (first, lost, here, rest, done, again)] == [204, 409, 200, 204, 200, 200]
    assert done.json["url"] == "/secretariat/lectures/basic-2"
    recording = session.scalars(sa.select(Recording)).one()
    assert (recording.file_name, recording.state) == ("見本 講義.mp4", RecordingState.PREPARING)
    worker.drain()
    session.refresh(recording)
    assert recording.state is RecordingState.PUBLISHED
    assert house.storage.path(f"{recording.folder}/master.m3u8").is_file()
    assert "video" in {tag.name for tag in desk.get("/courses/basic-2").soup.select("video")}


def test_a_form_without_javascript_brings_it_in_one_piece(desk, session, film):
    page = desk.post("/secretariat/lectures/basic-2", {"recording": (BytesIO(film), "../../evil/見本.mp4")})

    assert session.scalars(sa.select(Recording.file_name)).all() == ["見本.mp4"]
    assert "has arrived" in desk.follow(page).html


@pytest.mark.parametrize("kind", ["text", "cut", "sound", "empty", "none"])
def test_what_is_no_whole_film_is_refused_with_a_sentence_and_leaves_nothing(desk, session, film, tmp_path, kind):
    good = tmp_path / "good.mp4"
    good.write_bytes(film)
    sent = {
        "text": lambda: (BytesIO(b"not a film" * 1000), "film.mp4"),
        "cut": lambda: (BytesIO(cut(good, tmp_path / "cut.mp4", keep=0.6).read_bytes()), "film.mp4"),
        "sound": lambda: (BytesIO(sound_only_mp4(tmp_path / "sound.mp4").read_bytes()), "film.mp4"),
        "empty": lambda: (BytesIO(b""), "film.mp4"),
        "none": lambda: (BytesIO(b""), ""),
    }[kind]()

    page = desk.post("/secretariat/lectures/basic-2", {"recording": sent}, status=422)

    assert page.soup.select("[role=alert]"), page.text
    assert session.scalars(sa.select(Recording)).all() == []
    assert session.scalars(sa.select(Upload)).all() == []


def test_a_piece_that_does_not_fit_is_refused(desk, film):
    place = begin(desk, 10).headers["Location"]

    assert patch(desk, place, 0, b"x" * 11).status_code == 422
    assert desk.client.post(f"{place}/finish").status_code == 409
    assert begin(desk, 0).status_code == 422
    assert begin(desk, 10**12).status_code == 422
    assert desk.client.post("/secretariat/lectures/basic-2/uploads").status_code == 422


def test_an_upload_is_nobody_elses(desk, browser_of, session):
    place = begin(desk, 10).headers["Location"]

    assert browser_of(make.secretariat(session)).client.head(place).status_code == 404
    assert browser_of(make.supporter(session)).client.head(place).status_code == 404


def test_a_telephones_upright_film_stays_upright(desk, session, worker, tmp_path):
    film = portrait_mp4(tmp_path / "phone.mp4").read_bytes()
    place = begin(desk, len(film), "IMG_0001.MOV").headers["Location"]
    patch(desk, place, 0, film)
    desk.client.post(f"{place}/finish")

    worker.drain()

    recording = session.scalars(sa.select(Recording)).one()
    session.refresh(recording)
    assert recording.height > recording.width
    assert all(r["height"] > r["width"] for r in recording.package["renditions"])


def test_a_new_version_replaces_the_old_one_only_when_it_is_ready(desk, session, film, worker):
    old = make.recording(session, "basic-2")
    desk.post("/secretariat/lectures/basic-2", {"recording": (BytesIO(film), "new.mp4")})
    new = session.scalars(sa.select(Recording).where(Recording.id != old.id)).one()
    assert (old.state, new.state, new.number) == (RecordingState.PUBLISHED, RecordingState.PREPARING, 2)

    worker.drain()

    session.expire_all()
    assert (old.state, new.state) == (RecordingState.REPLACED, RecordingState.PUBLISHED)

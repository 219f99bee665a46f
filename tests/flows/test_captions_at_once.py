"""Two people save the same captions at the same moment, on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from courses.captions import queries, services
from courses.captions.rules import CaptionKind
from courses.captions.webvtt import cue
from lms.kernel.crypto import open_keyring
from lms.kernel.errors import Conflict
from lms.kernel.settings import Settings
from tests import make
from tests.conftest import load_content

A_MOMENT = 0.5


@pytest.mark.parametrize("seen", [0, 1])
def test_whoever_comes_second_is_told_and_changes_nothing(database, tmp_path, seen):
    open_keyring(Settings(home=tmp_path))
    load_content(database)
    with database.session(write=True) as session:
        film = make.recording(session, "basic-2")
        make.captions(session, film, {"ja": "00:01.000 --> 00:02.000\n見本\n"} if seen else {})
        session.commit()

    def save(text, written, go_on):
        with database.write() as session:
            services.save(
                session, recording_id=film.id, kind=CaptionKind.CAPTIONS, language="ja", cues=[cue(0, 1000, text)],
                seen=seen, by=None, now=make.now(),
            )  # fmt: skip
            written.set()
            go_on.wait(A_MOMENT)

    with ThreadPoolExecutor(2) as pool:
        written = threading.Event()
        first = pool.submit(save, "一人目", written, threading.Event())
        assert written.wait(10)
        second = pool.submit(save, "二人目", threading.Event(), threading.Event())
        first.result()
        with pytest.raises(Conflict):
            second.result()

    with database.read() as session:
        kept = queries.one(session, recording_id=film.id, kind=CaptionKind.CAPTIONS, language="ja")
    assert (kept.version, "一人目" in kept.webvtt) == (seen + 1, True)

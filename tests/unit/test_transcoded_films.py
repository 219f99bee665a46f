"""What people really record, packaged: slides, a speaker, a screen, an upright telephone; seven seconds of each."""

import re
from pathlib import Path

import av
import pytest

from bench.transcode import films
from courses.probe import Probe, probe
from courses.transcode import Package, transcode
from courses.transcode.playlists import segments
from tests import media

SECONDS = 7
# What a line of 350 kbit/s carries beside its own overhead.
THIN_LINE = 300_000
SIZES = {
    "slides-with-speaker": [(1920, 1080), (1280, 720), (854, 480), (426, 240)],
    "speaker": [(1920, 1080), (1280, 720), (854, 480), (426, 240)],
    "laptop": [(1280, 720), (854, 480), (426, 240)],
    "phone": [(1080, 1920), (720, 1280), (480, 854), (240, 426)],
}
# The film's name, what was found in it, the folder, and what was returned of it.
Made = tuple[str, Probe, Path, Package]


@pytest.fixture(scope="module", params=SIZES)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp(request.param)
    source = films.make(request.param, folder / "film.mp4", seconds=SECONDS)
    found = probe(source)
    package = transcode(source, folder / "out", probe=found, on_progress=lambda _done: None)
    return request.param, found, folder / "out", package


def loudness(path: Path) -> float:
    """As two loudspeakers play it, in LUFS."""
    said = media.ffmpeg("-i", path, "-vn", "-af", "ebur128=dualmono=true", "-f", "null", "-")
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])


def test_sizes_are_upright_and_never_larger_than_the_film(made: Made) -> None:
    kind, found, _, package = made

    assert [(one.width, one.height) for one in package.renditions] == SIZES[kind]
    assert all(one.width <= found.width and one.height <= found.height for one in package.renditions)


def test_all_sizes_and_the_sound_are_cut_at_six_seconds_and_end_together(made: Made) -> None:
    _, _, folder, package = made
    lengths = {
        name: [seconds for seconds, _ in segments(folder / name)]
        for name in (*(one.name for one in package.renditions), "audio")
    }

    assert {name: len(cuts) for name, cuts in lengths.items()} == dict.fromkeys(lengths, 2)
    assert [cuts[0] for cuts in lengths.values()] == pytest.approx([6.0] * len(lengths), abs=0.05)
    assert [sum(cuts) for cuts in lengths.values()] == pytest.approx([SECONDS] * len(lengths), abs=0.1)


def test_each_size_has_its_key_frames_at_the_cuts_and_nowhere_else(made: Made) -> None:
    _, _, folder, package = made

    for one in package.renditions:
        with av.open(str(folder / one.name / "index.m3u8")) as opened:
            times = [float(p.pts * p.time_base) for p in opened.demux(video=0) if p.pts is not None and p.is_keyframe]
        assert [at - times[0] for at in times] == pytest.approx([0, 6], abs=0.001)


def test_the_voice_has_the_common_loudness_and_one_channel(made: Made) -> None:
    _, _, folder, _ = made

    with av.open(str(folder / "audio" / "index.m3u8")) as opened:
        assert opened.streams.audio[0].codec_context.channels == 1
    assert loudness(folder / "audio" / "index.m3u8") == pytest.approx(-16, abs=1)


def test_the_smallest_size_and_its_sound_fit_a_thin_line(made: Made) -> None:
    *_, package = made

    assert package.renditions[-1].bandwidth <= THIN_LINE

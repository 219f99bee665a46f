"""The package that streams: sizes, cuts, loudness, pictures, and that it appears whole or not at all."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import av
import pytest

from courses.probe import probe
from courses.transcode import Package, TranscodeError, describe, transcode
from courses.transcode.ladder import Rung, ladder
from courses.transcode.playlists import segments
from courses.transcode.workshop import workshop
from tests import media

# As numbered in ITU-T H.273.
BT_2020, HYBRID_LOG_GAMMA = 9, 18
# The folder, what was returned of it, and the progress that was told.
Made = tuple[Path, Package, list[float]]


def make(source: Path, target: Path) -> Package:
    return transcode(source, target, probe=probe(source), on_progress=lambda _done: None)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def errors_when_played(path: Path) -> str:
    return media.ffmpeg("-v", "error", "-i", path, "-f", "null", "-")


def loudness(path: Path) -> float:
    """As two loudspeakers play it, in LUFS."""
    said = media.ffmpeg("-i", path, "-vn", "-af", "ebur128=dualmono=true", "-f", "null", "-")
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])


@pytest.fixture(scope="module")
def lecture(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A quiet full-size recording of thirteen seconds at 30000/1001 frames a second, packaged."""
    folder = tmp_path_factory.mktemp("lecture")
    source = media.clip(
        folder / "in.mp4", size="1920x1080", fps="30000/1001", seconds=13, sound=media.SPOKEN, picture=media.SLIDE
    )
    told: list[float] = []
    package = transcode(source, folder / "out", probe=probe(source), on_progress=told.append)
    return folder / "out", package, told


# The ladder


def sizes(width: int, height: int, fps: float = 30) -> list[tuple[str, int, int, int]]:
    return [(rung.name, rung.width, rung.height, rung.fps) for rung in ladder(width=width, height=height, fps=fps)]


def test_a_full_picture_gets_four_sizes() -> None:
    assert ladder(width=1920, height=1080, fps=59.94) == (
        Rung(name="1080p", width=1920, height=1080, fps=30, ceiling=3000, crf=23),
        Rung(name="720p", width=1280, height=720, fps=30, ceiling=1600, crf=23),
        Rung(name="480p", width=854, height=480, fps=30, ceiling=800, crf=23),
        Rung(name="240p", width=426, height=240, fps=15, ceiling=200, crf=20),
    )


def test_nothing_is_enlarged() -> None:
    assert sizes(1280, 720, 24) == [("720p", 1280, 720, 24), ("480p", 854, 480, 24), ("240p", 426, 240, 15)]
    assert sizes(3840, 2160)[0] == ("1080p", 1920, 1080, 30)


def test_a_portrait_picture_is_measured_by_its_short_side() -> None:
    assert sizes(1080, 1920) == [
        ("1080p", 1080, 1920, 30), ("720p", 720, 1280, 30), ("480p", 480, 854, 30), ("240p", 240, 426, 15),
    ]  # fmt: skip


def test_a_picture_smaller_than_the_smallest_step_keeps_its_size_and_pace() -> None:
    assert sizes(213, 161, 25) == [("160p", 212, 160, 25)]


def test_a_picture_well_between_two_steps_is_also_kept_in_its_own_size() -> None:
    assert sizes(640, 360) == [("360p", 640, 360, 30), ("240p", 426, 240, 15)]
    assert [name for name, *_ in sizes(1024, 576)] == ["480p", "240p"]


def test_the_pace_is_a_whole_number_and_never_nothing() -> None:
    assert [sizes(426, 240, fps)[0][3] for fps in (29.97, 23.976, 12.4, 0.1)] == [30, 24, 12, 1]


# The package


def test_the_folder_holds_what_players_look_for(lecture: Made) -> None:
    folder, package, _ = lecture

    renditions = {"1080p", "720p", "480p", "240p", "audio"}
    parts = {"init.mp4", "index.m3u8", "s0000.m4s", "s0001.m4s", "s0002.m4s"}
    assert files(folder) == {f"{name}/{part}" for name in renditions for part in parts} | {
        "master.m3u8", "audio.m3u8", "fallback.mp4", "poster.jpg", "sprite01.jpg", "thumbs.vtt",
    }  # fmt: skip
    assert [(one.name, one.width, one.height) for one in package.renditions] == [
        ("1080p", 1920, 1080), ("720p", 1280, 720), ("480p", 854, 480), ("240p", 426, 240),
    ]  # fmt: skip
    assert package.has_audio
    assert package.duration_ms == pytest.approx(13_000, abs=70)
    assert package.bytes == sum((folder / name).stat().st_size for name in files(folder))


def test_all_sizes_are_cut_at_the_same_moments(lecture: Made) -> None:
    folder, package, _ = lecture
    lengths = {one.name: [seconds for seconds, _ in segments(folder / one.name)] for one in package.renditions}

    assert {name: cuts[:2] for name, cuts in lengths.items()} == {name: [6.0, 6.0] for name in lengths}
    assert {len(cuts) for cuts in lengths.values()} == {3}
    assert [seconds for seconds, _ in segments(folder / "audio")] == pytest.approx([6, 6, 1], abs=0.05)


def test_each_segment_begins_with_its_only_key_frame(lecture: Made) -> None:
    folder, package, _ = lecture

    for one in package.renditions:
        with av.open(str(folder / one.name / "index.m3u8")) as opened:
            times = [float(p.pts * p.time_base) for p in opened.demux(video=0) if p.pts is not None and p.is_keyframe]
        assert [at - times[0] for at in times] == pytest.approx([0, 6, 12], abs=0.001)


def test_pictures_begin_at_zero_without_edit_lists(lecture: Made) -> None:
    folder, package, _ = lecture

    for name in [one.name for one in package.renditions]:
        first = (folder / name / "s0000.m4s").read_bytes()
        begins = int.from_bytes(first[first.index(b"tfdt") + 8 :][:8], "big")
        run = first[first.index(b"trun") + 4 :]
        offset = int.from_bytes(run[20:24], "big", signed=True)
        assert (begins, run[1:4].hex(), offset) == (0, "000a05", 0)
        assert b"elst" not in (folder / name / "init.mp4").read_bytes()


def test_the_master_playlist_tells_everything_and_points_nowhere_else(lecture: Made) -> None:
    folder, package, _ = lecture
    master = (folder / "master.m3u8").read_text(encoding="utf-8")
    rates = "#EXT-X-STREAM-INF:BANDWIDTH=n,AVERAGE-BANDWIDTH=n"

    assert re.sub(r"BANDWIDTH=\d+", "BANDWIDTH=n", master).splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="audio",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="1",URI="audio/index.m3u8"',
        *(
            line
            for size, fps, codec, name in [
                ("854x480", 30, "64001f", "480p"), ("1920x1080", 30, "640028", "1080p"),
                ("1280x720", 30, "64001f", "720p"), ("426x240", 15, "640015", "240p"),
            ]
            for line in (
                f'{rates},RESOLUTION={size},FRAME-RATE={fps}.000,CODECS="avc1.{codec},mp4a.40.2",AUDIO="audio"',
                f"{name}/index.m3u8",
            )
        ),
    ]  # fmt: skip
    peaks = {one.name: one.bandwidth for one in package.renditions}
    assert sorted(peaks, key=lambda name: peaks[name], reverse=True) == ["1080p", "720p", "480p", "240p"]
    for playlist in folder.rglob("*.m3u8"):
        assert not re.search(r"://|\.\.|^/", playlist.read_text(encoding="utf-8"), re.MULTILINE)


def test_listening_only_has_its_own_playlist(lecture: Made) -> None:
    folder, _, _ = lecture

    assert re.sub(r"BANDWIDTH=\d+", "BANDWIDTH=n", (folder / "audio.m3u8").read_text(encoding="utf-8")).splitlines() == [
        "#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-STREAM-INF:BANDWIDTH=n,AVERAGE-BANDWIDTH=n,CODECS="mp4a.40.2"', "audio/index.m3u8",
    ]  # fmt: skip


def test_everything_plays_to_its_end_without_an_error(lecture: Made) -> None:
    folder, package, _ = lecture
    played = [*(f"{one.name}/index.m3u8" for one in package.renditions), "audio.m3u8", "fallback.mp4"]

    assert {name: errors_when_played(folder / name) for name in played} == dict.fromkeys(played, "")


def test_a_quiet_voice_is_brought_to_the_common_loudness(lecture: Made) -> None:
    folder, _, _ = lecture

    assert loudness(folder.with_name("in.mp4")) < -28
    assert loudness(folder / "audio" / "index.m3u8") == pytest.approx(-16, abs=1)
    assert loudness(folder / "fallback.mp4") == pytest.approx(-16, abs=1)


def test_the_fallback_is_the_middle_size_and_starts_before_it_is_loaded(lecture: Made) -> None:
    folder, _, _ = lecture
    data = (folder / "fallback.mp4").read_bytes()
    found = probe(folder / "fallback.mp4")

    assert data.index(b"moov") < data.index(b"mdat")
    assert b"moof" not in data
    assert (found.width, found.height, found.video_codec, found.audio_codec) == (854, 480, "h264", "aac")
    assert found.duration_ms == pytest.approx(13_000, abs=100)


def test_the_time_bar_has_a_small_view_for_each_segment(lecture: Made) -> None:
    folder, _, _ = lecture

    assert (folder / "thumbs.vtt").read_text(encoding="utf-8").splitlines()[:8] == [
        "WEBVTT", "",
        "00:00:00.000 --> 00:00:06.000", "sprite01.jpg#xywh=0,0,160,90", "",
        "00:00:06.000 --> 00:00:12.000", "sprite01.jpg#xywh=160,0,160,90", "",
    ]  # fmt: skip
    with av.open(str(folder / "sprite01.jpg")) as sprite, av.open(str(folder / "poster.jpg")) as poster:
        assert (sprite.streams.video[0].width, sprite.streams.video[0].height) == (480, 90)
        assert (poster.streams.video[0].width, poster.streams.video[0].height) == (854, 480)


def test_progress_only_goes_forward_and_ends_at_one(lecture: Made) -> None:
    *_, told = lecture

    assert told == sorted(told)
    assert 0 <= told[0] < 0.1
    assert told[-1] == 1.0
    assert len(told) > 4


def test_a_target_that_exists_is_returned_as_it_stands(lecture: Made) -> None:
    folder, package, _ = lecture
    before = (folder / "master.m3u8").stat().st_mtime_ns

    assert make(folder.with_name("in.mp4"), folder) == package == describe(folder)
    assert (folder / "master.m3u8").stat().st_mtime_ns == before


# Kinds of sources


def test_a_portrait_phone_video_stays_upright(tmp_path: Path) -> None:
    package = make(media.portrait_mp4(tmp_path / "phone.mp4"), tmp_path / "out")

    assert [(one.name, one.width, one.height) for one in package.renditions] == [
        ("720p", 720, 1280), ("480p", 480, 854), ("240p", 240, 426),
    ]  # fmt: skip
    with av.open(str(tmp_path / "out" / "480p" / "index.m3u8")) as opened:
        frame = next(opened.decode(video=0))
    assert (frame.width, frame.height, frame.rotation) == (480, 854, 0)
    assert "xywh=0,0,90,160" in (tmp_path / "out" / "thumbs.vtt").read_text(encoding="utf-8")


@pytest.mark.parametrize("maker", [media.hevc_mov, media.browser_webm, media.av1_mkv])
def test_every_accepted_coding_is_packaged(tmp_path: Path, maker: Callable[[Path], Path]) -> None:
    package = make(maker(tmp_path / f"a.{maker.__name__[-4:].strip('_')}"), tmp_path / "out")

    assert package.has_audio
    assert package.duration_ms == pytest.approx(2000, abs=100)
    assert errors_when_played(tmp_path / "out" / "fallback.mp4") == ""


def test_wide_pixels_become_square(tmp_path: Path) -> None:
    make(media.anamorphic_mp4(tmp_path / "wide.mp4"), tmp_path / "out")

    found = probe(tmp_path / "out" / "fallback.mp4")
    assert (found.width, found.height) == (852, 480)


def test_high_dynamic_range_stays_marked_as_such_for_the_player(tmp_path: Path) -> None:
    make(media.hdr_mov(tmp_path / "hdr.mov"), tmp_path / "out")

    with av.open(str(tmp_path / "out" / "fallback.mp4")) as opened:
        context = opened.streams.video[0].codec_context
        assert (context.pix_fmt, context.color_primaries, context.color_trc) == ("yuv420p", BT_2020, HYBRID_LOG_GAMMA)


def test_a_variable_rate_becomes_constant(tmp_path: Path) -> None:
    make(media.variable_rate_mp4(tmp_path / "screen.mp4"), tmp_path / "out")

    with av.open(str(tmp_path / "out" / "fallback.mp4")) as opened:
        stamps = [frame.pts for frame in opened.decode(video=0)]
    assert len({after - before for before, after in pairwise(stamps)}) == 1


def test_picture_and_sound_end_together_even_if_they_did_not(tmp_path: Path) -> None:
    make(media.late_sound_mkv(tmp_path / "late.mkv"), tmp_path / "out")

    lengths = [sum(seconds for seconds, _ in segments(tmp_path / "out" / name)) for name in ("360p", "240p", "audio")]
    assert lengths == pytest.approx([4, 4, 4], abs=0.1)
    assert lengths[2] <= min(lengths[:2])


@pytest.mark.parametrize("sound", [None, "anullsrc"])
def test_without_a_sound_to_hear_there_is_no_sound_at_all(tmp_path: Path, sound: str | None) -> None:
    package = make(media.clip(tmp_path / "a.mp4", size="426x240", sound=sound), tmp_path / "out")

    master = (tmp_path / "out" / "master.m3u8").read_text(encoding="utf-8")
    assert not package.has_audio
    assert "audio" not in master
    assert "mp4a" not in master
    assert not {name for name in files(tmp_path / "out") if name.startswith("audio")}
    assert probe(tmp_path / "out" / "fallback.mp4").audio_codec is None


# Whole or not at all


def test_an_encoder_that_fails_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    source = media.clip(tmp_path / "a.mp4", size="320x180")
    found = probe(source)
    source.write_bytes(b"not any more")

    with pytest.raises(TranscodeError, match="Invalid data found"):
        transcode(source, tmp_path / "out", probe=found, on_progress=lambda _done: None)

    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_a_task_that_lost_its_lease_stops_the_encoder(tmp_path: Path) -> None:
    source = media.clip(tmp_path / "a.mp4", size="320x180")

    def lost(_done: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        transcode(source, tmp_path / "out", probe=probe(source), on_progress=lost)

    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_two_runs_at_once_do_not_disturb_each_other_and_the_first_to_end_stays(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with workshop(target) as slow:
        (slow / "who").write_text("slow")
        with workshop(target) as quick:
            (quick / "who").write_text("quick")

    assert (target / "who").read_text() == "quick"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


RUN = """
import json, sys
from pathlib import Path
from courses.probe import probe
from courses.transcode import transcode
source, target = map(Path, sys.argv[1:])
transcode(source, target, probe=probe(source), on_progress=lambda done: print(json.dumps(done), flush=True))
"""


def running_below(parent: int) -> set[int]:
    """Numbers of the living children of a process."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, above = stat.read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(above) == parent and state != "Z":
            found.add(int(stat.parent.name))
    return found


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kernels end the children of a dead process")
def test_killed_in_the_middle_nothing_is_left_to_run_and_the_next_run_succeeds(tmp_path: Path) -> None:
    source = media.clip(tmp_path / "a.mp4", size="1920x1080", seconds=6)
    target = tmp_path / "out"
    worker = subprocess.Popen([sys.executable, "-c", RUN, source, target], stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    reached = next(done for done in map(json.loads, worker.stdout) if done > 0.1)
    encoders = running_below(worker.pid)
    nice = {os.getpriority(os.PRIO_PROCESS, encoder) for encoder in encoders}

    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    patience = time.monotonic() + 5
    while any(map(is_running, encoders)) and time.monotonic() < patience:
        time.sleep(0.05)

    assert reached < 0.95
    assert (len(encoders), nice) == (1, {15})
    assert not any(map(is_running, encoders))
    assert not target.exists()
    assert len(list(tmp_path.glob(".out.*.part"))) == 1

    assert len(make(source, target).renditions) == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "out"]

"""What the probe says of good recordings, and the sentence it has for each bad one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from courses.probe import Probe, probe
from lms.kernel.errors import Invalid
from tests import media

INCOMPLETE = "The recording is incomplete: its end is missing. Copy or export it again and upload the whole file."
DAMAGED = "The recording is damaged and cannot be played. Export it again as MP4 with H.264 and upload that file."
NOT_A_VIDEO = "The file is not a video that can be used. Choose a recording in MP4, MOV, WebM or MKV format."
TOO_SHORT = "The recording lasts less than one second. Choose a file in which something was recorded."
TOO_LONG = "The recording lasts longer than 12 hours. Cut it into lectures and upload these one by one."
NO_PICTURE = "The file has no moving picture. Choose a video recording, not a sound file."


def refusal(path: Path) -> str:
    with pytest.raises(Invalid) as caught:
        probe(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "make", "codecs", "container", "size", "fps"),
    [
        ("a.mp4", media.h264_mp4, ("h264", "aac"), "mov", (1280, 720), 30),
        ("a.mov", media.hevc_mov, ("hevc", "aac"), "mov", (640, 480), 30),
        ("a.webm", media.vp9_webm, ("vp9", "opus"), "matroska", (640, 360), 25),
        ("b.webm", media.browser_webm, ("vp9", "opus"), "matroska", (640, 360), 25),
        ("a.mkv", media.av1_mkv, ("av1", "opus"), "matroska", (640, 360), 30),
    ],
)
def test_what_people_record_is_accepted(
    tmp_path: Path, name: str, make: Callable[[Path], Path], codecs: tuple[str, str], container: str,
    size: tuple[int, int], fps: int,
) -> None:  # fmt: skip
    found = probe(make(tmp_path / name))

    assert (found.video_codec, found.audio_codec) == codecs
    assert found.container == container
    assert (found.width, found.height) == size
    assert found.fps == pytest.approx(fps, abs=0.1)
    assert found.duration_ms == pytest.approx(2000, abs=60)
    assert found.has_audio


def test_all_facts_of_a_plain_recording(tmp_path: Path) -> None:
    path = media.clip(tmp_path / "a.mp4", size="320x180", sound=None)

    assert probe(path) == Probe(
        duration_ms=2000, width=320, height=180, fps=30.0, video_codec="h264", audio_codec=None, container="mov",
        video_stream=0, audio_stream=None,
    )  # fmt: skip


def test_a_turned_phone_video_is_measured_as_it_is_seen(tmp_path: Path) -> None:
    found = probe(media.portrait_mp4(tmp_path / "phone.mp4"))

    assert (found.width, found.height) == (720, 1280)


def test_wide_pixels_count_as_they_are_seen(tmp_path: Path) -> None:
    found = probe(media.anamorphic_mp4(tmp_path / "camera.mp4"))

    assert (found.width, found.height) == (853, 480)


def test_a_variable_rate_is_known_by_its_quick_passages(tmp_path: Path) -> None:
    found = probe(media.variable_rate_mp4(tmp_path / "screen.mp4"))

    assert found.fps == pytest.approx(30, abs=0.5)
    assert found.duration_ms == pytest.approx(4000, abs=350)


def test_the_longer_of_picture_and_sound_is_the_length(tmp_path: Path) -> None:
    assert probe(media.late_sound_mkv(tmp_path / "late.mkv")).duration_ms == pytest.approx(4000, abs=60)


def test_the_name_of_the_file_does_not_matter(tmp_path: Path) -> None:
    path = media.h264_mp4(tmp_path / "a.mp4", size="320x180").rename(tmp_path / "-i concat:x|y.txt")

    assert probe(path).video_codec == "h264"


def test_a_text_that_calls_itself_a_video_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lecture.mp4"
    path.write_text("議事録です。\n" * 500, encoding="utf-8")

    assert refusal(path) == NOT_A_VIDEO


def test_a_playlist_that_calls_itself_a_video_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lecture.mp4"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hosts\n", encoding="utf-8")

    assert refusal(path) == NOT_A_VIDEO


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lecture.mp4"
    path.touch()

    assert refusal(path) == "The file is empty. Choose the recording again and upload the whole file."


def test_bytes_that_only_begin_like_a_video_are_damaged(tmp_path: Path) -> None:
    path = tmp_path / "lecture.mkv"
    path.write_bytes(b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 40)

    assert refusal(path) == DAMAGED


@pytest.mark.parametrize("keep", [0.3, 0.9, 0.999])
def test_a_cut_file_with_its_index_at_the_end_is_incomplete(tmp_path: Path, keep: float) -> None:
    whole = media.h264_mp4(tmp_path / "whole.mp4", size="320x180", seconds=4)

    assert refusal(media.cut(whole, tmp_path / "cut.mp4", keep=keep)) == INCOMPLETE


@pytest.mark.parametrize("keep", [0.3, 0.6])
def test_a_cut_file_with_its_index_in_front_is_incomplete(tmp_path: Path, keep: float) -> None:
    whole = media.h264_mp4(tmp_path / "w.mp4", size="320x180", seconds=4, extra=("-movflags", "+faststart"))

    assert refusal(media.cut(whole, tmp_path / "cut.mp4", keep=keep)) == INCOMPLETE


@pytest.mark.parametrize("make", [media.vp9_webm, media.av1_mkv])
def test_a_cut_webm_or_mkv_is_incomplete(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    whole = make(tmp_path / f"whole.{make.__name__.split('_')[1]}")

    assert refusal(media.cut(whole, tmp_path / "cut.bin", keep=0.3)) == INCOMPLETE


def test_a_file_whose_end_is_blank_is_damaged(tmp_path: Path) -> None:
    video = (*media.X264, "-g", "15")
    whole = media.clip(tmp_path / "w.mp4", size="320x180", seconds=4, video=video, extra=("-movflags", "+faststart"))

    assert refusal(media.blank_tail(whole, tmp_path / "blank.mp4", keep=0.5)) == DAMAGED


def test_a_single_picture_or_none_is_refused(tmp_path: Path) -> None:
    assert refusal(media.clip(tmp_path / "one.mp4", extra=("-frames:v", "1"), sound=None)) == TOO_SHORT
    assert refusal(media.clip(tmp_path / "none.mp4", extra=("-frames:v", "0"), sound=None)) == NO_PICTURE


def test_days_between_two_pictures_are_refused(tmp_path: Path) -> None:
    path = media.clip(tmp_path / "a.mkv", fps="1", extra=("-vf", "setpts=PTS*90000", "-fps_mode", "vfr"), sound=None)

    assert refusal(path) == TOO_LONG


def test_sound_alone_is_refused(tmp_path: Path) -> None:
    assert refusal(media.sound_only_mp4(tmp_path / "sound.mp4")) == NO_PICTURE


def test_an_unknown_coding_is_refused_by_its_name(tmp_path: Path) -> None:
    path = media.clip(tmp_path / "old.mkv", size="320x180", video=("-c:v", "wmv2"))

    assert refusal(path) == (
        "Videos in the coding “wmv2” cannot be used. Export the recording again as MP4 with H.264."
    )

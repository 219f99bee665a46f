"""The sample recordings are real films that show, say and mark what they claim."""

from pathlib import Path

import av
import pytest

from courses.probe import probe
from lms.demo.recordings import DEMO_LECTURES, DemoRecording, make

LECTURES = [*(f"basic-{number}" for number in range(1, 6)), *(f"advanced-{number}" for number in range(1, 5))]
PERSIMMON = (210, 98, 42)
PAPER = (251, 248, 243)


@pytest.fixture(scope="module")
def casework(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DemoRecording]:
    path = tmp_path_factory.mktemp("demo") / "basic-1.mp4"
    return path, make("basic-1", title="ケースワーク", series_label="伴走支援講座 基礎①", target=path)


Colour = tuple[int, int, int]


class Picture:
    """The frame shown at a second of a film."""

    def __init__(self, path: Path, *, at: float) -> None:
        with av.open(str(path)) as film:
            frame = next(frame for frame in film.decode(video=0) if frame.time >= at).reformat(format="rgb24")
        self.line, self.data = frame.planes[0].line_size, bytes(frame.planes[0])

    def __getitem__(self, place: tuple[int, int]) -> Colour:
        x, y = place
        red, green, blue = self.data[y * self.line + 3 * x :][:3]
        return red, green, blue


def alike(one: Colour, other: Colour) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < 30


def changed(one: Picture, other: Picture) -> int:
    """Of the places in a grid over both, in percent, how many differ."""
    grid = [(x, y) for x in range(0, 1280, 10) for y in range(0, 700, 10)]
    return 100 * sum(not alike(one[place], other[place]) for place in grid) // len(grid)


def test_there_is_one_for_each_lecture_and_none_is_long() -> None:
    assert list(DEMO_LECTURES) == LECTURES
    assert [lecture for lecture, shown in DEMO_LECTURES.items() if not 30 <= shown.seconds <= 40] == []


@pytest.mark.parametrize("lecture", LECTURES)
def test_each_says_something_of_its_own_in_both_languages(lecture: str) -> None:
    *own, closing = DEMO_LECTURES[lecture].slides

    assert len(own) == 3
    assert closing.heading["ja"] == "アンケートのご案内"
    for slide in own:
        texts = [slide.heading, *slide.points]
        assert len(slide.points) == 3
        assert all(set(text) == {"ja", "en"} and all(text.values()) for text in texts)
        # Longer lines would leave the slide, or the time to read their caption.
        assert max(len(text["ja"]) for text in texts) <= 24


def test_the_film_is_what_browsers_and_the_transcoder_like(casework: tuple[Path, DemoRecording]) -> None:
    found = probe(casework[0])

    assert (found.width, found.height, found.fps) == (1280, 720, 15)
    assert (found.video_codec, found.audio_codec) == ("h264", "aac")
    assert found.duration_ms == pytest.approx(DEMO_LECTURES["basic-1"].seconds * 1000, abs=100)
    with av.open(str(casework[0])) as film:
        assert film.streams.video[0].codec_context.pix_fmt == "yuv420p"


def test_the_bar_fills_and_the_slides_change(casework: tuple[Path, DemoRecording]) -> None:
    early, middle, late = (Picture(casework[0], at=at) for at in (2, 10, 30))

    filled = [[alike(frame[x, 716], PERSIMMON) for x in (20, 300, 900)] for frame in (early, middle, late)]
    assert filled == [[True, False, False], [True, True, False], [True, True, True]]
    assert alike(early[20, 20], PAPER)
    assert changed(early, middle) >= 2
    assert changed(middle, late) >= 2


def test_the_first_frame_is_a_picture_already(casework: tuple[Path, DemoRecording]) -> None:
    assert changed(Picture(casework[0], at=0), Picture(casework[0], at=2)) == 0


def test_every_page_is_marked_as_a_sample(casework: tuple[Path, DemoRecording]) -> None:
    for at in (2, 10, 20, 30, 38):
        frame = Picture(casework[0], at=at)
        corner = [(x, y) for x in range(1130, 1230) for y in range(40, 90)]
        assert sum(alike(frame[place], PERSIMMON) for place in corner) > 300


def test_the_captions_say_what_the_slides_say(casework: tuple[Path, DemoRecording]) -> None:
    recording = casework[1]

    assert (recording.lecture, list(recording.captions)) == ("basic-1", ["ja", "en"])
    assert recording.captions["ja"].split("\n\n")[:4] == [
        "WEBVTT",
        "00:00:00.000 --> 00:00:04.000\n伴走支援講座 基礎①、「ケースワーク」です。",
        "00:00:04.000 --> 00:00:07.200\n出会いのとき\n話を最後まで聴き、答えを急がない",
        "00:00:07.200 --> 00:00:10.400\n困りごとは一つとは限らない。暮らし全体を見る",
    ]
    assert recording.captions["en"].split("\n\n")[1] == (
        "00:00:00.000 --> 00:00:04.000\nWelcome to the lecture “Casework”."
    )
    assert [text.count(" --> ") for text in recording.captions.values()] == [12, 12]
    assert "00:00:39.200\n" in recording.captions["ja"]

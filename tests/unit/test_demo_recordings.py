"""The sample recordings are real films that show, say and mark what they claim."""

import re
from pathlib import Path

import av
import pytest

from courses.captions.markup import plain, to_typed
from courses.captions.webvtt import read_captions, write
from courses.probe import probe
from courses.queries import lecture
from lms.demo import captions
from lms.demo.recordings import DEMO_LECTURES, make
from lms.kernel.content import KANJI
from lms.kernel.furigana import NOTATION

LECTURES = [*(f"basic-{number}" for number in range(1, 6)), *(f"advanced-{number}" for number in range(1, 5))]
PERSIMMON = (210, 98, 42)
PAPER = (251, 248, 243)


@pytest.fixture(scope="module")
def casework(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "basic-1.mp4"
    make("basic-1", title="ケースワーク", series_label="伴走支援講座 基礎①", target=path)
    return path


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


@pytest.mark.parametrize("code", LECTURES)
def test_each_says_something_of_its_own_in_two_languages_at_least(code: str) -> None:
    *own, closing = DEMO_LECTURES[code].slides

    assert len(own) == 3
    assert closing.heading["ja"] == "アンケートのご{案内|あんない}"
    for slide in own:
        texts = [slide.heading, *slide.points]
        assert len(slide.points) == 3
        assert all(set(text) >= {"ja", "en"} and all(text.values()) for text in texts)
        # Longer lines would leave the slide, or the time to read their caption.
        assert max(len(NOTATION.sub(r"\1", text["ja"])) for text in texts) <= 24


def test_the_film_is_what_browsers_and_the_transcoder_like(casework: Path) -> None:
    found = probe(casework)

    assert (found.width, found.height, found.fps) == (1280, 720, 15)
    assert (found.video_codec, found.audio_codec) == ("h264", "aac")
    assert found.duration_ms == pytest.approx(DEMO_LECTURES["basic-1"].seconds * 1000, abs=100)
    with av.open(str(casework)) as film:
        assert film.streams.video[0].codec_context.pix_fmt == "yuv420p"


def test_the_bar_fills_and_the_slides_change(casework: Path) -> None:
    early, middle, late = (Picture(casework, at=at) for at in (2, 10, 30))

    filled = [[alike(frame[x, 716], PERSIMMON) for x in (20, 300, 900)] for frame in (early, middle, late)]
    assert filled == [[True, False, False], [True, True, False], [True, True, True]]
    assert alike(early[20, 20], PAPER)
    assert changed(early, middle) >= 2
    assert changed(middle, late) >= 2


def test_the_first_frame_is_a_picture_already(casework: Path) -> None:
    assert changed(Picture(casework, at=0), Picture(casework, at=2)) == 0


def test_every_page_is_marked_as_a_sample(casework: Path) -> None:
    for at in (2, 10, 20, 30, 38):
        frame = Picture(casework, at=at)
        corner = [(x, y) for x in range(1130, 1230) for y in range(40, 90)]
        assert sum(alike(frame[place], PERSIMMON) for place in corner) > 300


def test_the_captions_say_what_the_slides_say(session) -> None:
    written = {(kind, language): cues for kind, language, cues in captions.written(lecture(session, "basic-2"))}
    spoken = {language: cues for (kind, language), cues in written.items() if kind == "captions"}

    assert list(spoken) == ["ja", "ja@easy", "en", "vi", "es"]
    assert [(c.start, c.end, to_typed(c.pieces)) for c in spoken["ja"][:3]] == [
        (0, 4000, "{伴走支援講座|ばんそうしえんこうざ} {基礎|きそ}②、「{在留資格|ざいりゅうしかく}」です。"),
        (
            4000,
            7200,
            "{在留資格|ざいりゅうしかく}とは\n{日本|にほん}でできる{活動|かつどう}や、{身分|みぶん}を{定|さだ}めたもの",
        ),
        (7200, 10_400, "{期限|きげん}と、{働|はたら}けるかどうかを{本人|ほんにん}と{確|たし}かめる"),
    ]
    assert to_typed(spoken["en"][0].pieces) == "Welcome to the lecture “Status of residence”."
    assert {language: (len(cues), cues[-1].end) for language, cues in spoken.items()} == dict.fromkeys(
        spoken, (12, 39_200)
    )


def test_the_chapters_are_the_slides(session) -> None:
    written = {(kind, language): cues for kind, language, cues in captions.written(lecture(session, "basic-1"))}

    assert [language for kind, language in written if kind == "chapters"] == ["ja", "en"]
    assert [(c.start, plain(c.pieces)) for c in written["chapters", "ja"]] == [
        (0, "ケースワーク"),
        (4000, "出会いのとき"),
        (13_600, "記録と秘密"),
        (23_200, "窓口に同行する"),
        (32_800, "アンケートのご案内"),
    ]


@pytest.mark.parametrize("code", LECTURES)
def test_every_caption_would_be_taken_in_at_the_desk(session, code: str) -> None:
    for kind, _language, cues in captions.written(lecture(session, code)):
        duration_ms = round(DEMO_LECTURES[code].seconds * 1000)
        read = read_captions(write(cues), duration_ms=duration_ms) if kind == "captions" else None

        assert read is None or (read.cues, read.findings) == (cues, ())


@pytest.mark.parametrize("code", LECTURES)
def test_every_kanji_of_japanese_captions_has_a_reading(session, code: str) -> None:
    bare = [
        piece.text
        for _kind, language, cues in captions.written(lecture(session, code))
        if language.startswith("ja")
        for spoken in cues
        for piece in spoken.pieces
        if not piece.reading and re.search(f"[{KANJI}]", piece.text)
    ]

    assert bare == []

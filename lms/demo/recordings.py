"""Makes short sample recordings of the nine lectures, so that the site can be tried before the real ones are there.

Slides, a running clock, a quiet chord and a chime at each new slide, and captions that say what the slides say.
"""

import json
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, cast

import typst

from courses.transcode import ffmpeg
from lms.kernel.furigana import NOTATION
from lms.kernel.resources import fonts_dir

FPS = 15
TITLE_SECONDS = 4.0
POINT_SECONDS = 3.2
FADE_FRAMES = 8
PAPER, TRACK, BAR = "0xfbf8f3", "0xdfe3ea", "0xd2622a"
CLOCK_FONT = "BIZUDPGothic_700Bold.ttf"
# A low fifth and its octave; each lecture stands a little higher, so that two in a row do not sound alike.
LOWEST_HERTZ = 110.0
SCALE = (1, 9 / 8, 5 / 4, 3 / 2, 5 / 3)


@dataclass(frozen=True)
class Slide:
    """Heading and points, each a text by language."""

    heading: Mapping[str, str]
    points: tuple[Mapping[str, str], ...]

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        return cls(heading=data["heading"], points=tuple(data["points"]))

    @property
    def seconds(self) -> float:
        return POINT_SECONDS * len(self.points)


@dataclass(frozen=True)
class DemoLecture:
    """What one sample recording shows; the closing slide is the last of `slides`."""

    slides: tuple[Slide, ...]

    @property
    def seconds(self) -> float:
        return TITLE_SECONDS + sum(slide.seconds for slide in self.slides)

    @property
    def texts(self) -> Iterator[Mapping[str, str]]:
        """Everything it says."""
        for slide in self.slides:
            yield from (slide.heading, *slide.points)

    @property
    def changes(self) -> tuple[float, ...]:
        """When each slide after the title begins."""
        return tuple(TITLE_SECONDS + sum(s.seconds for s in self.slides[:n]) for n in range(len(self.slides)))


with Path(__file__).with_name("slides.toml").open("rb") as _file:
    _DATA = tomllib.load(_file)
COMMON = _DATA.pop("common")
_CLOSING = Slide.read(COMMON["closing"])
DEMO_LECTURES: Mapping[str, DemoLecture] = {
    lecture: DemoLecture(slides=(*(Slide.read(slide) for slide in data["slides"]), _CLOSING))
    for lecture, data in _DATA.items()
}


def make(lecture: str, *, title: str, series_label: str, target: Path) -> None:
    """Write the sample recording of `lecture` (`basic-1` …) to `target`, an MP4 with H.264 and AAC.

    `series_label` stands above the title, such as 伴走支援講座 基礎①.
    """
    shown = DEMO_LECTURES[lecture]
    pitch = LOWEST_HERTZ * SCALE[list(DEMO_LECTURES).index(lecture) % len(SCALE)]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        pages = _draw(shown, title=title, series_label=series_label)
        for number, page in enumerate(pages):
            (folder / f"{number}.png").write_bytes(page)
        # Plain names in the folder we stand in: in the filter language a path or a colon would have to be quoted.
        (folder / "clock.ttf").write_bytes((fonts_dir() / CLOCK_FONT).read_bytes())
        (folder / "clock.txt").write_text(f"%{{eif:t/60:d}}:%{{eif:mod(t,60):d:2}} / {_clock(shown.seconds)}")
        ffmpeg.run(
            ["-loglevel", "error", *(word for number in range(len(pages)) for word in ("-i", f"{number}.png")),
             "-filter_complex", ";".join([*_film(shown), *_sound(shown, pitch=pitch)]),
             "-map", "[film]", "-map", "[sound]", "-t", str(shown.seconds),
             "-c:v", "libx264", "-preset", "ultrafast", "-tune", "stillimage", "-crf", "20", "-g", str(4 * FPS),
             "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
             "-c:a", "aac", "-b:a", "96k", "-movflags", "+faststart", "-f", "mp4", f"file:{target.resolve()}"],
            cwd=folder,
        )  # fmt: skip


def _draw(shown: DemoLecture, *, title: str, series_label: str) -> list[bytes]:
    """One PNG a slide, 1280 × 720."""
    lecture = {
        "series": series_label,
        "title": title,
        "sample": COMMON["sample"],
        "slides": [
            {"heading": _drawn(slide.heading), "points": [_drawn(point) for point in slide.points]}
            for slide in shown.slides
        ],
    }
    pages = typst.compile(
        Path(__file__).with_name("slides.typ"),
        format="png",
        ppi=72,
        font_paths=[fonts_dir()],
        ignore_system_fonts=True,
        sys_inputs={"lecture": json.dumps(lecture)},
    )
    return cast("list[bytes]", pages)  # one alone would come bare, but there are always several


def _drawn(text: Mapping[str, str]) -> str:
    """The Japanese without its readings, which stand in captions only."""
    return NOTATION.sub(r"\1", text["ja"])


def _film(shown: DemoLecture) -> Iterator[str]:
    """Filters that let the slides come out of the paper one by one, with a bar that fills and a clock that runs."""
    ends = [*shown.changes, shown.seconds]
    paced = f"setpts=N/{FPS}/TB,fps={FPS}"
    yuv = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"
    for number, (start, end) in enumerate(zip([0.0, *ends], ends, strict=False)):
        # A colour can only fade in RGB. The long rest of a slide is turned into YUV once and repeated by reference.
        # The title does not fade, so that the first frame of the film is a picture.
        fade = f"fade=in:start_frame=0:nb_frames={FADE_FRAMES}:color={PAPER}" if number else "null"
        held = round((end - start) * FPS) - FADE_FRAMES
        yield f"[{number}]crop=1280:712:0:0,split[come{number}][stay{number}]"
        yield f"[come{number}]loop={FADE_FRAMES - 1}:1,{paced},{fade},{yuv}[slide{2 * number}]"
        yield f"[stay{number}]{yuv},loop={held - 1}:1,{paced}[slide{2 * number + 1}]"
    slides = "".join(f"[slide{number}]" for number in range(2 * len(ends)))
    yield (
        f"{slides}concat={2 * len(ends)},"
        "drawtext=fontfile=clock.ttf:textfile=clock.txt:fontsize=26:fontcolor=0x7b756c:x=w-tw-56:y=654[above]"
    )
    # The bar is a window that moves along a strip of both colours.
    yield f"color={TRACK}:size=1280x8:rate={FPS},pad=2560:8:1280:0:{BAR},format=yuv420p,setsar=1[strip]"
    yield f"[strip]crop=1280:8:x='1280-1280*t/{shown.seconds}':y=0[bar]"
    yield "[above]setsar=1[square];[square][bar]vstack=shortest=1[film]"


def _sound(shown: DemoLecture, *, pitch: float) -> Iterator[str]:
    """Filters for a low, slowly breathing chord and a bell at each new slide."""
    for number, ratio in enumerate((1, 1.5, 2)):
        yield f"sine=frequency={pitch * ratio}:sample_rate=48000:duration={shown.seconds},volume=0.5[tone{number}]"
    yield "[tone0][tone1][tone2]amix=inputs=3:normalize=0,tremolo=f=0.15:d=0.5,lowpass=f=600,volume=0.12[chord]"
    bells = [0.5, *shown.changes]
    rung = pitch * 6
    yield (
        f"aevalsrc='0.08*exp(-1.6*t)*(sin(2*PI*{rung}*t)+0.5*sin(2*PI*{1.5 * rung}*t)+0.2*sin(2*PI*{2.76 * rung}*t))"
        f"*min(1,t*200)':duration=4:sample_rate=48000,asplit={len(bells)}"
        + "".join(f"[bell{number}]" for number in range(len(bells)))
    )
    for number, at in enumerate(bells):
        yield f"[bell{number}]adelay={round(at * 1000)}[rung{number}]"
    yield (
        "[chord]"
        + "".join(f"[rung{number}]" for number in range(len(bells)))
        + f"amix=inputs={len(bells) + 1}:normalize=0:duration=first,"
        f"afade=t=in:d=1.5,afade=t=out:st={shown.seconds - 2}:d=2[sound]"
    )


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"

"""Makes the films that the bench encodes: slides, a speaker, a screen, a telephone. All drawn and sounded by us.

Any length: `python -m bench.transcode.films slides 60 slides.mp4`
"""

import json
import math
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

import typst

from courses.transcode import ffmpeg
from lms.kernel.resources import fonts_dir

HERE = Path(__file__).parent
# A slide stands this long, or until its next point appears.
STATE_SECONDS = 20
FIRST_POINTS, POINTS = 3, 7
# Voiced syllables, four a second, in sentences with a breath between; quiet, as from far from the microphone.
VOICE = (
    "aevalsrc='(0.4*(mod(118*t+9*sin(1.9*t),1)-0.5)+0.05*(random(0)-0.5))*pow(0.5+0.5*sin(25*t+2*sin(3.1*t)),2)"
    "*lt(mod(t,4.3),3.6)':s=48000,equalizer=f=600:t=q:w=1.5:g=9,equalizer=f=1700:t=q:w=2:g=6,lowpass=f=4500,volume=-12dB"
)
# Both sides of a telephone hear it, one later and softer.
TWO_EARS = f"{VOICE},asplit[near][far];[far]adelay=12,volume=0.4[late];[near][late]amerge"
HELD = "loop=-1:1,fps=30"
OPAQUE, CLEAR = (f"scale=out_color_matrix=bt709,format={pixels},{HELD}" for pixels in ("yuv420p", "yuva420p"))
# In front of shelves, never quite still, with the grain of a small camera.
SPEAKER = (
    f"[room]{OPAQUE},crop=1920:1080:140:80[behind];[person]{CLEAR}[silent];[mouth]{CLEAR}[open];"
    "[silent][open]overlay=392:452:enable='lt(mod(t,0.37),0.2)*lt(mod(t,4.3),3.6)'[talking];"
    "[behind][talking]overlay=x='520+26*sin(0.9*t)+7*sin(4.7*t)':y='110+12*sin(1.3*t)+4*sin(5.9*t)',noise=c0s=5:c0f=t"
)
UNSTEADY = "crop=600:1060:x='660+14*sin(2.3*t)+5*sin(7*t)':y='10+8*sin(2.9*t)',scale=1080:1920,transpose=1"
SLIDES = "[slides]scale=out_color_matrix=bt709,format=yuv420p,fps=30"
# A long document, scrolled by jerks and read between them, and a pointer.
SCREEN = (
    f"[document]{OPAQUE},crop=2560:1440:0:'mod(420*floor(t/5)+420*min(1,mod(t,5)/1.3),7500)'[page];[cursor]{CLEAR}[arrow];"
    "[page][arrow]overlay=x='1200+700*sin(0.7*t)*lt(mod(t,5),3)':y='700+400*sin(1.1*t)*lt(mod(t,5),3)'"
)
# Screen recorders write nothing while nothing changes.
ONLY_CHANGES = "mpdecimate=max=30"


@dataclass(frozen=True)
class Film:
    """The filter graph of a film: in brackets, the pictures it is made of; the last output has no name."""

    graph: str
    sound: str = VOICE
    steady: bool = True
    turned: bool = False

    @property
    def parts(self) -> list[str]:
        return [
            part for part in ("slides", "room", "person", "mouth", "document", "cursor") if f"[{part}]" in self.graph
        ]


FILMS = {
    "slides": Film(SLIDES),
    "slides-with-speaker": Film(
        f"{SPEAKER},crop=1280:720:320:160,scale=384:216[small];{SLIDES}[slide];[slide][small]overlay=1500:840"
    ),
    "speaker": Film(SPEAKER),
    "screen": Film(f"{SCREEN},{ONLY_CHANGES}", steady=False),  # 2560 × 1440
    "laptop": Film(f"{SCREEN},scale=1366:768,{ONLY_CHANGES}", steady=False),
    "phone": Film(f"{SPEAKER},{UNSTEADY}", sound=TWO_EARS, turned=True),  # held upright, stored lying
}


def make(kind: str, target: Path, *, seconds: float) -> Path:
    """Write the film to `target`, an MP4 with H.264 and AAC of 1920 × 1080 at 30 frames a second unless said above."""
    film = FILMS[kind]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        _draw(folder, parts=film.parts, states=math.ceil(seconds / STATE_SECONDS))
        inputs = [word for part in film.parts for word in _input(part)]
        graph = film.graph
        for number, part in enumerate(film.parts):
            graph = graph.replace(f"[{part}]", f"[{number}:v]")
        words = [
            "-loglevel", "error", *inputs, "-filter_complex", f"{graph}[film];{film.sound}[sound]",
            "-map", "[film]", "-map", "[sound]", "-t", str(seconds), "-fps_mode", "cfr" if film.steady else "vfr",
            "-c:v", "libx264", "-preset", "superfast", "-crf", "21", "-maxrate", "16M", "-bufsize", "16M",
            "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k", "film.mp4",
        ]  # fmt: skip
        ffmpeg.run(words, cwd=folder)
        turn = ["-display_rotation", "90"] if film.turned else []
        copy = ["-loglevel", "error", *turn, "-i", "film.mp4", "-c", "copy", f"file:{target.resolve()}"]
        ffmpeg.run(copy, cwd=folder)
    return target


def _input(part: str) -> list[str]:
    return ["-f", "concat", "-i", "slides.list"] if part == "slides" else ["-i", f"{part}.png"]


def _draw(folder: Path, *, parts: list[str], states: int) -> None:
    """The pictures of these parts, and in `slides.list` how long each slide stands."""
    drawn = dict(zip(("room", "person", "mouth", "cursor"), _compile("parts"), strict=True))
    if "slides" in parts:
        drawn |= {f"{n:04d}": slide for n, slide in enumerate(_compile("slides", list(islice(_states(), states))))}
        shown = [*range(states), states - 1]
        (folder / "slides.list").write_text("".join(f"file {n:04d}.png\nduration {STATE_SECONDS}\n" for n in shown))
    if "document" in parts:
        last = POINTS - FIRST_POINTS
        drawn["document"] = _compile("document", list(islice(_states(), last, 180, last + 1)))[0]
    for name, picture in drawn.items():
        (folder / f"{name}.png").write_bytes(picture)


def _compile(kind: str, slides: list[dict[str, object]] | None = None) -> list[bytes]:
    pages = typst.compile(
        HERE / "pictures.typ", format="png", ppi=72, font_paths=[fonts_dir()], ignore_system_fonts=True,
        sys_inputs={"kind": kind, "slides": json.dumps(slides or [])},
    )  # fmt: skip
    return pages if isinstance(pages, list) else [pages]


def _states() -> Iterator[dict[str, object]]:
    """What the slides show, one state after the other without an end, each slide growing by a point at a time."""
    lecture = tomllib.loads((HERE / "slides.toml").read_text(encoding="utf-8"))
    for number in count():
        following = [lecture["slides"][(number + n) % len(lecture["slides"])] for n in range(POINTS)]
        points = [point for slide in following for point in slide["points"]][:POINTS]
        for many in range(FIRST_POINTS, POINTS + 1):
            yield {
                "heading": following[0]["heading"],
                "points": points[:many],
                "foot": f"{lecture['title']}  {number + 1}",
                "photograph": number % 4 == 1,
            }


if __name__ == "__main__":
    make(sys.argv[1], Path(sys.argv[3]), seconds=float(sys.argv[2]))

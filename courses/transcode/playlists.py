"""Writes the two playlists that players open first, and reads a finished package back.

ffmpeg's own master playlist counts no sound in its rates and leaves the frame rate out, so we write ours.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from courses.transcode.ladder import Rung

AUDIO = "audio"
AUDIO_CODEC = "mp4a.40.2"
HEAD = ("#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS")
# A last segment of a few frames has a rate that no player will meet.
SHORTEST_COUNTED_SECONDS = 1.0


@dataclass(frozen=True)
class Rendition:
    """One size of the picture: `bytes` without the sound, `bandwidth` with it, in bit/s at the busiest segment."""

    name: str
    width: int
    height: int
    bytes: int
    bandwidth: int


@dataclass(frozen=True)
class Package:
    """A finished folder: `bytes` is all of it, `audio_bytes` what listening alone costs."""

    duration_ms: int
    renditions: tuple[Rendition, ...]
    audio_bytes: int
    bytes: int

    @property
    def has_audio(self) -> bool:
        return self.audio_bytes > 0


@dataclass(frozen=True)
class _Stream:
    """What one `index.m3u8` and its segments add up to; rates in bit/s."""

    seconds: float
    bytes: int
    peak: int
    average: int


def write_masters(folder: Path, *, rungs: tuple[Rung, ...], first: Rung, has_audio: bool) -> None:
    """`master.m3u8`, and `audio.m3u8` for listening only: players drop a sound-only level from a list with pictures.

    `first` is listed first, because players without a measurement yet begin with it.
    """
    lines = list(HEAD)
    sound = _measure(folder / AUDIO) if has_audio else _Stream(seconds=0, bytes=0, peak=0, average=0)
    group = ""
    if has_audio:
        group = f',AUDIO="{AUDIO}"'
        lines.append(
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{AUDIO}",NAME="{AUDIO}",DEFAULT=YES,AUTOSELECT=YES,'
            f'CHANNELS="1",URI="{AUDIO}/index.m3u8"'
        )
        alone = f'#EXT-X-STREAM-INF:BANDWIDTH={sound.peak},AVERAGE-BANDWIDTH={sound.average},CODECS="{AUDIO_CODEC}"'
        _write(folder / "audio.m3u8", [*HEAD, alone, f"{AUDIO}/index.m3u8"])
    for rung in (first, *(rung for rung in rungs if rung != first)):
        picture = _measure(folder / rung.name)
        codecs = _avc_codec(folder / rung.name / "init.mp4") + (f",{AUDIO_CODEC}" if has_audio else "")
        rates = f"BANDWIDTH={picture.peak + sound.peak},AVERAGE-BANDWIDTH={picture.average + sound.average}"
        size = f"RESOLUTION={rung.width}x{rung.height},FRAME-RATE={rung.fps}.000"
        lines += [f'#EXT-X-STREAM-INF:{rates},{size},CODECS="{codecs}"{group}', f"{rung.name}/index.m3u8"]
    _write(folder / "master.m3u8", lines)


def describe(folder: Path) -> Package:
    """What is in a finished package, highest rendition first; reads playlists and sizes, no video."""
    master = (folder / "master.m3u8").read_text(encoding="utf-8")
    found = re.findall(
        r"^#EXT-X-STREAM-INF:BANDWIDTH=(\d+),.*RESOLUTION=(\d+)x(\d+),.*\n(.+)/index\.m3u8$", master, re.MULTILINE
    )
    streams = {name: _measure(folder / name) for *_, name in found}
    renditions = (
        Rendition(name=name, width=int(width), height=int(height), bytes=streams[name].bytes, bandwidth=int(bandwidth))
        for bandwidth, width, height, name in found
    )
    return Package(
        duration_ms=round(max(stream.seconds for stream in streams.values()) * 1000),
        renditions=tuple(sorted(renditions, key=lambda one: one.height, reverse=True)),
        audio_bytes=_measure(folder / AUDIO).bytes if (folder / AUDIO).is_dir() else 0,
        bytes=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
    )


def segments(folder: Path) -> list[tuple[float, str]]:
    """Length in seconds and file name of each segment in a rendition's folder, in order."""
    index = (folder / "index.m3u8").read_text(encoding="utf-8")
    return [(float(seconds), name) for seconds, name in re.findall(r"^#EXTINF:([\d.]+),\n(\S+)$", index, re.MULTILINE)]


def _measure(folder: Path) -> _Stream:
    parts = [(seconds, (folder / name).stat().st_size) for seconds, name in segments(folder)]
    seconds = sum(length for length, _ in parts)
    size = sum(weight for _, weight in parts)
    counted = [part for part in parts if part[0] >= SHORTEST_COUNTED_SECONDS] or parts
    return _Stream(
        seconds=seconds,
        bytes=size + (folder / "init.mp4").stat().st_size,
        peak=max(round(8 * weight / length) for length, weight in counted),
        average=round(8 * size / seconds),
    )


def _avc_codec(init: Path) -> str:
    """Profile, constraints and level as players want them told, from the decoder's own settings."""
    data = init.read_bytes()
    at = data.index(b"avcC") + 5
    return f"avc1.{data[at : at + 3].hex()}"


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")

"""Turns a recording into what browsers stream: sizes from 1080 to 240 lines, sound alone, pictures, playlists.

The folder that `transcode` makes:

    master.m3u8  audio.m3u8  480p/{init.mp4,index.m3u8,s0000.m4s …}  audio/…
    fallback.mp4  poster.jpg  sprite01.jpg …  thumbs.vtt
"""

from collections.abc import Callable
from pathlib import Path

from courses.probe import Probe
from courses.transcode import encoding, loudness
from courses.transcode import ffmpeg as encoder
from courses.transcode.ffmpeg import TranscodeError
from courses.transcode.ladder import ladder
from courses.transcode.pictures import write_poster, write_thumbnails
from courses.transcode.playlists import AUDIO, Package, Rendition, describe, write_masters
from courses.transcode.workshop import workshop

__all__ = ["Package", "Rendition", "TranscodeError", "describe", "transcode"]

FALLBACK_SIDE = 480
# Shares of the whole time, as measured: listening, encoding; the pictures and the fallback are the rest.
LISTENING, ENCODING = 0.01, 0.96


def transcode(
    source: Path, target: Path, *, probe: Probe, on_progress: Callable[[float], None], ffmpeg: str | None = None
) -> Package:
    """Make the package `target` of the recording `source`; a target that exists is whole and is returned as it stands.

    `on_progress` gets 0 to 1, never less than before. Killed at any moment, this leaves no `target`. Raises
    `TranscodeError` when the encoder fails.
    """
    if not target.exists():
        with workshop(target) as folder:
            _fill(folder, source=source, probe=probe, on_progress=on_progress, ffmpeg_exe=ffmpeg)
    on_progress(1.0)
    return describe(target)


def _fill(
    folder: Path, *, source: Path, probe: Probe, on_progress: Callable[[float], None], ffmpeg_exe: str | None
) -> None:
    given = encoding.reading(source, probe=probe)
    rungs = ladder(width=probe.width, height=probe.height, fps=probe.fps)
    sound = loudness.filters(
        given, probe=probe, cwd=folder, on_progress=lambda done: on_progress(LISTENING * done), ffmpeg_exe=ffmpeg_exe
    )
    for name in [rung.name for rung in rungs] + ([AUDIO] if sound else []):
        (folder / name).mkdir()
    encoder.run(
        ["-loglevel", "error", *given, *encoding.arguments(probe, rungs=rungs, sound=sound)],
        cwd=folder,
        seconds=probe.duration_ms / 1000,
        on_progress=lambda done: on_progress(LISTENING + ENCODING * done),
        ffmpeg=ffmpeg_exe,
    )
    middle = next((rung for rung in rungs if min(rung.width, rung.height) <= FALLBACK_SIDE), rungs[-1])
    write_masters(folder, rungs=rungs, first=middle, has_audio=sound is not None)
    write_thumbnails(folder, rung=rungs[-1], ffmpeg_exe=ffmpeg_exe)
    write_poster(folder, rungs=rungs, ffmpeg_exe=ffmpeg_exe)
    streams = [middle.name] + ([AUDIO] if sound else [])
    encoder.run(
        ["-loglevel", "error", *(word for name in streams for word in ("-i", f"{name}/index.m3u8")),
         *(word for number in range(len(streams)) for word in ("-map", str(number))),
         "-c", "copy", "-map_metadata", "-1", "-movflags", "+faststart", "fallback.mp4"],
        cwd=folder, ffmpeg=ffmpeg_exe,
    )  # fmt: skip

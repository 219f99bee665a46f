"""Brings speech to one loudness in two passes, so that nobody reaches for the volume between two lectures."""

import re
from collections.abc import Callable
from pathlib import Path

from courses.probe import Probe
from courses.transcode import ffmpeg

TARGET = "I=-16:TP=-1.5:LRA=11:dual_mono=true"
# A fifth of the time that loudnorm takes to measure the same.
LISTEN = "ebur128=dualmono=true:peak=true:framelog=quiet"
FOUND = {"measured_I": "I", "measured_thresh": "Threshold", "measured_LRA": "LRA", "measured_TP": "Peak"}
# Below this there is only the hiss of the equipment, and lifting it would make it a roar.
SILENT_LUFS = -60.0
LEAST_RANGE = 0.1
# Sound that begins late or has holes is filled first. The fold to mono comes before the measuring: folding afterwards
# adds up to 3 dB and clips.
PREPARE = "aresample=48000:async=1:first_pts=0,aformat=channel_layouts=stereo,pan=mono|c0=0.5*c0+0.5*c1"


def filters(
    source: list[str], *, probe: Probe, cwd: Path, on_progress: Callable[[float], None], ffmpeg_exe: str | None
) -> str | None:
    """The filter chain that makes the sound right, or None when the recording has no sound or a silent one.

    `source` are ffmpeg's input arguments.
    """
    if probe.audio_stream is None:
        return None
    said = ffmpeg.run(
        [*source, "-map", f"0:{probe.audio_stream}", "-af", f"{PREPARE},{LISTEN}", "-f", "null", "-"],
        cwd=cwd, seconds=probe.duration_ms / 1000, on_progress=on_progress, ffmpeg=ffmpeg_exe,
    )  # fmt: skip
    summary = said[said.rindex("Integrated loudness:") :]
    measured = {name: _first(word, summary) for name, word in FOUND.items()}
    if measured["measured_I"] < SILENT_LUFS:
        return None
    # With a range of zero loudnorm takes itself to be unmeasured, and rides up and down on an even voice.
    measured["measured_LRA"] = max(LEAST_RANGE, measured["measured_LRA"])
    known = ":".join(f"{name}={value}" for name, value in measured.items())
    # The encoder overshoots a little, hence the limiter after the loudness.
    return f"{PREPARE},loudnorm={TARGET}:linear=true:{known},aresample=48000,alimiter=limit=0.84:level=false"


def _first(word: str, summary: str) -> float:
    found = re.search(rf"^ *{word}: +(\S+)", summary, re.MULTILINE)
    assert found, summary
    return float(found[1])

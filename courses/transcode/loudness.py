"""Brings speech to one loudness in two passes, so that nobody reaches for the volume between two lectures."""

import json
from collections.abc import Callable
from pathlib import Path

from courses.probe import Probe
from courses.transcode import ffmpeg

TARGET = "I=-16:TP=-1.5:LRA=11:dual_mono=true"
MEASURED = {"measured_I": "input_i", "measured_TP": "input_tp", "measured_LRA": "input_lra",
            "measured_thresh": "input_thresh", "offset": "target_offset"}  # fmt: skip
# Below this there is only the hiss of the equipment, and lifting it would make it a roar.
SILENT_LUFS = -60.0
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
    measure = f"{PREPARE},loudnorm={TARGET}:print_format=json"
    said = ffmpeg.run(
        [*source, "-map", f"0:{probe.audio_stream}", "-af", measure, "-f", "null", "-"],
        cwd=cwd, seconds=probe.duration_ms / 1000, on_progress=on_progress, ffmpeg=ffmpeg_exe,
    )  # fmt: skip
    measured = json.loads(said[said.rindex("{") : said.rindex("}") + 1])
    if float(measured["input_i"]) < SILENT_LUFS:
        return None
    known = ":".join(f"{name}={measured[key]}" for name, key in MEASURED.items())
    # The encoder overshoots a little, hence the limiter after the loudness.
    return f"{PREPARE},loudnorm={TARGET}:linear=true:{known},aresample=48000,alimiter=limit=0.84:level=false"

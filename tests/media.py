"""Makers of small real recordings, good and bad, so that tests meet what people really upload."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
# A still picture, quick to encode.
SLIDE = "smptehdbars"
# Noise in syllables, quiet and peaky like a lecturer far from the microphone; about -35 LUFS.
SPOKEN = (
    "anoisesrc=color=pink:amplitude=0.5:seed=7:sample_rate=48000,bandpass=f=500:width_type=o:w=2,"
    "tremolo=f=4:d=0.9,volume=-14dB"
)


def ffmpeg(*arguments: str | Path) -> str:
    """Run the encoder and return what it wrote to its error stream."""
    done = subprocess.run(
        [get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-y", *map(str, arguments)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stderr


def clip(
    path: Path,
    *,
    size: str = "1280x720",
    fps: str = "30",
    seconds: float = 2,
    video: Sequence[str] = X264,
    audio: Sequence[str] = ("-c:a", "aac"),
    sound: str | None = "sine=440",
    picture: str = "testsrc2",
    extra: Sequence[str] = (),
) -> Path:
    """A moving test picture and, unless `sound` is None, a sound from a lavfi source."""
    inputs = ["-f", "lavfi", "-i", f"{picture}=size={size}:rate={fps}:duration={seconds}"]
    if sound is not None:
        inputs += ["-f", "lavfi", "-t", str(seconds), "-i", sound]
    ffmpeg(*inputs, *video, *(audio if sound else ()), *extra, path)
    return path


def h264_mp4(path: Path, **changes: object) -> Path:
    return clip(path, **changes)  # type: ignore[arg-type]


def hevc_mov(path: Path) -> Path:
    return clip(path, size="640x480", video=("-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1"))


def hdr_mov(path: Path) -> Path:
    """As newer phones record: ten bits, wide colours, hybrid log-gamma."""
    colour = "colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc"
    return clip(
        path, size="640x360",
        video=("-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-x265-params", colour),
    )  # fmt: skip


def vp9_webm(path: Path) -> Path:
    return clip(
        path, size="640x360", fps="25",
        video=("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"), audio=("-c:a", "libopus"),
    )  # fmt: skip


def browser_webm(path: Path) -> Path:
    """As a browser records: no length and no index in the file."""
    whole = vp9_webm(path.with_name("whole-" + path.name))
    ffmpeg("-i", whole, "-c", "copy", "-live", "1", path)
    return path


def av1_mkv(path: Path) -> Path:
    return clip(path, size="640x360", video=("-c:v", "libsvtav1", "-preset", "10"), audio=("-c:a", "libopus"))


def portrait_mp4(path: Path, *, seconds: float = 2) -> Path:
    """Stored lying on its side with a note to turn it, as phones do; displayed 720 wide and 1280 high."""
    lying = clip(path.with_name("lying-" + path.name), seconds=seconds)
    ffmpeg("-display_rotation", "90", "-i", lying, "-c", "copy", path)
    return path


def anamorphic_mp4(path: Path) -> Path:
    """Stored 720 × 480 with wide pixels; displayed 853 × 480."""
    return clip(path, size="720x480", extra=("-vf", "setsar=32/27"))


def variable_rate_mp4(path: Path) -> Path:
    """30 pictures a second, but every other second keeps only one in ten, as screen recorders do."""
    return clip(
        path, size="640x360", seconds=4,
        extra=("-vf", "select='eq(mod(floor(t),2),0)+eq(mod(n,10),0)'", "-fps_mode", "vfr"),
    )  # fmt: skip


def late_sound_mkv(path: Path) -> Path:
    """The picture stops after two seconds; the sound begins half a second late and lasts to the fourth."""
    ffmpeg(
        "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=30:duration=2",
        "-itsoffset", "0.5", "-f", "lavfi", "-t", "3.5", "-i", "sine=440", *X264, "-c:a", "aac", path,
    )  # fmt: skip
    return path


def sound_only_mp4(path: Path) -> Path:
    """A sound file with a cover picture, which is a picture stream that does not move."""
    cover = path.with_suffix(".png")
    ffmpeg("-f", "lavfi", "-i", "color=red:size=64x64", "-frames:v", "1", cover)
    ffmpeg(
        "-f", "lavfi", "-t", "2", "-i", "sine=440", "-i", cover, "-map", "0", "-map", "1",
        "-c:a", "aac", "-c:v", "copy", "-disposition:v", "attached_pic", path,
    )  # fmt: skip
    return path


def cut(source: Path, path: Path, *, keep: float) -> Path:
    """The first part of a file, as a lost connection leaves it; `keep` is a share of its bytes."""
    whole = source.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    return path


def blank_tail(source: Path, path: Path, *, keep: float) -> Path:
    """The right size, but zeros after `keep` of it, as a download that reserved its place and stopped."""
    whole = source.read_bytes()
    kept = int(len(whole) * keep)
    path.write_bytes(whole[:kept] + bytes(len(whole) - kept))
    return path

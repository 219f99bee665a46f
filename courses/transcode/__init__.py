"""Turns a recording into what browsers stream: sizes from 1080 to 240 lines, sound alone, pictures, playlists.

The folder that `transcode` makes:

    master.m3u8  audio.m3u8  480p/{init.mp4,index.m3u8,s0000.m4s …}  audio/…
    fallback.mp4  poster.jpg  sprite01.jpg …  thumbs.vtt
"""

from collections.abc import Callable
from pathlib import Path

from courses.probe import Probe
from courses.transcode import ffmpeg as encoder
from courses.transcode import loudness
from courses.transcode.ffmpeg import TranscodeError
from courses.transcode.ladder import Rung, ladder
from courses.transcode.pictures import write_poster, write_thumbnails
from courses.transcode.playlists import AUDIO, Package, Rendition, describe, write_masters
from courses.transcode.workshop import workshop

__all__ = ["Package", "Rendition", "TranscodeError", "describe", "transcode"]

SEGMENT_SECONDS = 6
FALLBACK_SIDE = 480
AUDIO_RATE = "64k"
AUDIO_HERTZ, AAC_FRAME = 48_000, 1024
# Shares of the whole time, as measured: listening, encoding; the pictures and the fallback are the rest.
LISTENING, ENCODING = 0.04, 0.93
# Times in the files begin at zero with the first picture. Players read them without edit lists; otherwise each size
# would lag behind the sound by two of its own frames.
SEGMENT_OPTIONS = "movflags=+cmaf+negative_cts_offsets:use_editlist=0"


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
    # The reader is named and may open nothing but files: what was uploaded must not fetch from elsewhere.
    given = ["-protocol_whitelist", "file", "-f", probe.container, "-i", f"file:{source.resolve()}"]
    rungs = ladder(width=probe.width, height=probe.height, fps=probe.fps)
    sound = loudness.filters(
        given, probe=probe, cwd=folder, on_progress=lambda done: on_progress(LISTENING * done), ffmpeg_exe=ffmpeg_exe
    )
    for name in [rung.name for rung in rungs] + ([AUDIO] if sound else []):
        (folder / name).mkdir()
    encoder.run(
        ["-loglevel", "error", *given, *_encoding(probe, rungs=rungs, sound=sound)],
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


def _encoding(probe: Probe, *, rungs: tuple[Rung, ...], sound: str | None) -> list[str]:
    """One reading of the source for all sizes and the sound.

    The picture is brought to an even pace from zero on, to the largest size once, and from there to the others; its
    last frame stands if the sound goes on, and the sound is filled up if the picture does, so that all end together.
    """
    largest = rungs[0]
    tops = "".join(f"[top{number}]" for number in range(len(rungs)))
    whole = f"scale={largest.width}:{largest.height}:flags=bicubic,setsar=1,format=yuv420p,tpad=stop=-1:stop_mode=clone"
    graph = [f"[0:{probe.video_stream}]fps={largest.fps}:start_time=0,{whole},split={len(rungs)}{tops}"]
    for number, rung in enumerate(rungs):
        slower = f"fps={rung.fps}," if rung.fps != largest.fps else ""
        graph.append(f"[top{number}]{slower}scale={rung.width}:{rung.height}:flags=bicubic,setsar=1[v{number}]")
    if sound:
        graph.append(f"[0:{probe.audio_stream}]{sound},{_fitted(probe)}[a]")
    arguments = ["-filter_complex", ";".join(graph)]
    for number, rung in enumerate(rungs):
        frames = str(SEGMENT_SECONDS * rung.fps)
        arguments += [
            "-map", f"[v{number}]", "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-crf", "23",
            # A key frame at each cut and nowhere else: the sizes can be changed at any of them.
            "-g", frames, "-keyint_min", frames, "-sc_threshold", "0",
            "-maxrate", f"{rung.ceiling}k", "-bufsize", f"{2 * rung.ceiling}k", *_segments(rung.name, probe=probe),
        ]  # fmt: skip
    if sound:
        arguments += ["-map", "[a]", "-c:a", "aac", "-b:a", AUDIO_RATE, *_segments(AUDIO, probe=probe)]
    return arguments


def _fitted(probe: Probe) -> str:
    """Sound as long as the picture and in step with it.

    The AAC encoder puts one silent frame in front. Without edit lists players play it, so as much is left out of ours.
    """
    frames = probe.duration_ms * AUDIO_HERTZ // 1000 // AAC_FRAME
    return f"apad,atrim=start_sample={AAC_FRAME}:end_sample={frames * AAC_FRAME},asetpts=N/SR/TB"


def _segments(name: str, *, probe: Probe) -> list[str]:
    return [
        "-t", f"{probe.duration_ms / 1000:.3f}", "-map_metadata", "-1", "-map_chapters", "-1",
        "-f", "hls", "-hls_time", str(SEGMENT_SECONDS), "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4",
        "-hls_flags", "independent_segments", "-hls_segment_options", SEGMENT_OPTIONS,
        "-hls_fmp4_init_filename", "init.mp4", "-hls_segment_filename", f"{name}/s%04d.m4s", f"{name}/index.m3u8",
    ]  # fmt: skip

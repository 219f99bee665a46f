"""The one ffmpeg command that makes all sizes, cut at the same moments, and the sound."""

from pathlib import Path

from courses.probe import Probe
from courses.transcode.ladder import Rung
from courses.transcode.playlists import AUDIO

SEGMENT_SECONDS = 6
AUDIO_RATE = "48k"
AUDIO_HERTZ, AAC_FRAME = 48_000, 1024
# Times in the files begin at zero with the first picture. Players read them without edit lists; otherwise each size
# would lag behind the sound by two of its own frames.
SEGMENT_OPTIONS = "movflags=+cmaf+negative_cts_offsets:use_editlist=0"


def reading(source: Path, *, probe: Probe) -> list[str]:
    """Arguments for the input. The reader is named and may open nothing but files: an upload must not fetch more."""
    return ["-protocol_whitelist", "file", "-f", probe.container, "-i", f"file:{source.resolve()}"]


def arguments(probe: Probe, *, rungs: tuple[Rung, ...], sound: str | None) -> list[str]:
    """Arguments after the input: one reading of the source for all sizes and the sound.

    Each size goes to a folder of its name, which must exist. `sound` is the filter chain that `loudness` found.
    The picture is brought to an even pace from zero on and then down from each size to the next, which takes two thirds
    of the work of making each from the largest. Its last frame stands if the sound goes on, and the sound is filled up
    if the picture does, so that all end together.
    """
    graph = []
    above, first = f"0:{probe.video_stream}", f"fps={rungs[0].fps}:start_time=0,"
    for number, rung in enumerate(rungs):
        slower = f"fps={rung.fps}," if rung.fps != rungs[0].fps else ""
        sized = f"scale={rung.width}:{rung.height}:flags=bicubic,setsar=1"
        filled = ",format=yuv420p,tpad=stop=-1:stop_mode=clone" if number == 0 else ""
        more = f",split[v{number}][next{number}]" if number < len(rungs) - 1 else f"[v{number}]"
        graph.append(f"[{above}]{first}{slower}{sized}{filled}{more}")
        above, first = f"next{number}", ""
    if sound:
        graph.append(f"[0:{probe.audio_stream}]{sound},{_fitted(probe)}[a]")
    words = ["-filter_complex", ";".join(graph)]
    for number, rung in enumerate(rungs):
        frames = str(SEGMENT_SECONDS * rung.fps)
        words += [
            "-map", f"[v{number}]", "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high",
            # A key frame at each cut and nowhere else: the sizes can be changed at any of them.
            "-g", frames, "-keyint_min", frames, "-sc_threshold", "0",
            "-crf", str(rung.crf), "-maxrate", f"{rung.ceiling}k", "-bufsize", f"{rung.ceiling}k",
            *_segments(rung.name, probe=probe),
        ]  # fmt: skip
    if sound:
        words += ["-map", "[a]", "-c:a", "aac", "-b:a", AUDIO_RATE, *_segments(AUDIO, probe=probe)]
    return words


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

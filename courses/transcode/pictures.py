"""Still pictures of a lecture: a poster, and small views for the time bar."""

from pathlib import Path

from courses.transcode import ffmpeg
from courses.transcode.ladder import Rung
from courses.transcode.playlists import segments

LONG_SIDE = 160
COLUMNS = ROWS = 10
POSTER_SIDE = 480
POSTER_SECONDS = 10
# What JPEG means by its numbers, which is not what video means by them.
JPEG_COLOURS = "out_color_matrix=bt601:out_range=pc,format=yuvj420p"


def write_thumbnails(folder: Path, *, rung: Rung, ffmpeg_exe: str | None) -> None:
    """`sprite01.jpg` … and `thumbs.vtt`: one small view a segment, from the key frames of the smallest rendition."""
    lengths = [seconds for seconds, _ in segments(folder / rung.name)]
    scale = LONG_SIDE / max(rung.width, rung.height)
    width, height = (max(2, 2 * round(side * scale / 2)) for side in (rung.width, rung.height))
    columns, rows = min(COLUMNS, len(lengths)), min(ROWS, -(-len(lengths) // COLUMNS))
    together = f"scale={width}:{height}:{JPEG_COLOURS},tile={columns}x{rows}"
    ffmpeg.run(
        ["-loglevel", "error", "-skip_frame", "nokey", "-i", f"{rung.name}/index.m3u8", "-map", "0:v",
         "-vf", together, "-fps_mode", "vfr", "-c:v", "mjpeg", "-q:v", "6", "sprite%02d.jpg"],
        cwd=folder, ffmpeg=ffmpeg_exe,
    )  # fmt: skip
    cues = ["WEBVTT", ""]
    start = 0.0
    for number, seconds in enumerate(lengths):
        sheet, place = divmod(number, columns * rows)
        row, column = divmod(place, columns)
        cues += [
            f"{_timestamp(start)} --> {_timestamp(start + seconds)}",
            f"sprite{sheet + 1:02d}.jpg#xywh={column * width},{row * height},{width},{height}",
            "",
        ]
        start += seconds
    (folder / "thumbs.vtt").write_text("\n".join(cues), encoding="utf-8")


def write_poster(folder: Path, *, rungs: tuple[Rung, ...], ffmpeg_exe: str | None) -> None:
    """`poster.jpg`: of the first seconds the frame most like the others, so not the black one before a title."""
    rung = next((rung for rung in rungs if min(rung.width, rung.height) <= POSTER_SIDE), rungs[-1])
    usual = f"fps=2:round=up,thumbnail={2 * POSTER_SECONDS},scale={JPEG_COLOURS}"
    ffmpeg.run(
        ["-loglevel", "error", "-t", str(POSTER_SECONDS), "-i", f"{rung.name}/index.m3u8", "-map", "0:v",
         "-vf", usual, "-frames:v", "1", "-c:v", "mjpeg", "-q:v", "5", "-update", "1", "poster.jpg"],
        cwd=folder, ffmpeg=ffmpeg_exe,
    )  # fmt: skip


def _timestamp(seconds: float) -> str:
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{milliseconds // 1000:02d}.{milliseconds % 1000:03d}"

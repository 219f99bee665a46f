"""What a recording is, found by reading the whole file once, or a sentence that says why it cannot be used."""

import math
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from lms.kernel.errors import Invalid

VIDEO_CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "mpeg4"})
# Films of half a day and pictures beyond 8K are mistakes or attacks, and would cost hours or gigabytes.
SHORTEST_SECONDS = 1.0
LONGEST_SECONDS = 12 * 3600.0
MOST_PIXELS = 8192 * 4320
# A last packet may end a little before the promised length; more than this is a file that was cut off.
PROMISE_SLACK_SECONDS = 1.0
INDEXED_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"})
MATROSKA_MARK = b"\x1a\x45\xdf\xa3"


@dataclass(frozen=True)
class Probe:
    """Width and height are as displayed: after rotation and with square pixels.

    `fps` is the pace of the moving passages; with a variable frame rate that is more than the average.
    The stream numbers say which picture and which sound of the file are meant.
    """

    duration_ms: int
    width: int
    height: int
    fps: float
    video_codec: str
    audio_codec: str | None
    container: str
    video_stream: int
    audio_stream: int | None

    @property
    def has_audio(self) -> bool:
        return self.audio_codec is not None


def probe(path: Path) -> Probe:
    """Read all packets, decode one frame at the start and one near the end; memory does not grow with the file.

    Raises `Invalid` for whatever people upload that is not a whole video. The name of the file is not looked at.
    """
    container = container_of(path)
    try:
        # The reader is named, not guessed: a playlist that calls itself a video could pull in other files.
        opened = av.open(
            f"file:{path.resolve()}",
            format=container,
            metadata_errors="replace",
            options={"protocol_whitelist": "file"},
        )
    except av.FFmpegError as error:
        raise _incomplete() if container == "mov" and not _has_whole_index(path) else _damaged() from error
    with opened:
        return _examine(opened, container=container)


def container_of(path: Path) -> str:
    """`mov` (MP4 and QuickTime) or `matroska` (MKV and WebM), by the first bytes."""
    with path.open("rb") as file:
        head = file.read(12)
    if not head:
        raise Invalid("The file is empty. Choose the recording again and upload the whole file.")
    if head[4:8] in INDEXED_BOXES:
        return "mov"
    if head.startswith(MATROSKA_MARK):
        return "matroska"
    raise Invalid("The file is not a video that can be used. Choose a recording in MP4, MOV, WebM or MKV format.")


def _has_whole_index(path: Path) -> bool:
    """Whether an MP4 or QuickTime file has its table of contents, all of it; a cut-off upload often has not."""
    size = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        while at + 8 <= size:
            file.seek(at)
            head = file.read(16)
            length = int.from_bytes(head[:4], "big")
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            if head[4:8] == b"moov":
                return at + length <= size
            if length < 8:
                return False
            at += length
    return False


def _examine(opened: InputContainer, *, container: str) -> Probe:
    video = _video_of(opened)
    audio = next((stream for stream in opened.streams.audio if _coding(stream)), None)
    if audio is None and opened.streams.audio:
        raise Invalid("The sound of the recording cannot be read. Export the recording again as MP4 with AAC sound.")
    reaches = _read_to_the_end(opened, wanted=[video.index, *([audio.index] if audio else [])])
    begin = min(reach.begin for reach in reaches.values())
    seconds = max(reach.end for reach in reaches.values()) - begin
    if reaches[video.index].packets == 0 or seconds < SHORTEST_SECONDS:
        raise Invalid("The recording lasts less than one second. Choose a file in which something was recorded.")
    if seconds > LONGEST_SECONDS:
        raise Invalid("The recording lasts longer than 12 hours. Cut it into lectures and upload these one by one.")
    frame = _decode_both_ends(opened, video=video, reach=reaches[video.index])
    width, height = _displayed(frame, video=video)
    return Probe(
        duration_ms=round(seconds * 1000),
        width=width,
        height=height,
        fps=reaches[video.index].pace(),
        video_codec=_coding(video) or "",
        audio_codec=_coding(audio) if audio else None,
        container=container,
        video_stream=video.index,
        audio_stream=audio.index if audio else None,
    )


def _video_of(opened: InputContainer) -> VideoStream:
    """The first moving picture; cover art of a sound file is none."""
    moving = [s for s in opened.streams.video if not s.disposition & Disposition.attached_pic]
    if not moving:
        raise Invalid("The file has no moving picture. Choose a video recording, not a sound file.")
    video = moving[0]
    codec = _coding(video)
    if codec not in VIDEO_CODECS:
        raise Invalid(
            "Videos in the coding “%(codec)s” cannot be used. Export the recording again as MP4 with H.264.",
            codec=codec or "unknown",
        )
    if video.codec_context.width * video.codec_context.height > MOST_PIXELS:
        raise Invalid(
            "The picture of the recording is larger than 8K. Export it again with at most 1920 × 1080 pixels."
        )
    return video


def _coding(stream: VideoStream | AudioStream) -> str | None:
    """The usual name of a stream's coding; None when nobody here can read it, which the library's types leave out."""
    context = getattr(stream, "codec_context", None)
    return context.codec.canonical_name if context else None


@dataclass
class _Reach:
    """From where to where the packets of one stream reach, in seconds, and at which pace they follow each other."""

    begin: float = math.inf
    end: float = 0.0
    packets: int = 0
    last_start: float = 0.0
    last_decoded: float | None = None
    gaps_ms: Counter[int] = field(default_factory=Counter)

    def take(self, packet: "Packet[Stream]") -> None:
        if packet.pts is None or packet.is_discard:
            return
        start = float(packet.pts * packet.time_base)
        self.begin = min(self.begin, start)
        self.last_start = max(self.last_start, start)
        self.end = max(self.end, start + float((packet.duration or 0) * packet.time_base))
        self.packets += 1
        if packet.dts is not None:
            decoded = float(packet.dts * packet.time_base)
            if self.last_decoded is not None:
                self.gaps_ms[min(1000, round((decoded - self.last_decoded) * 1000))] += 1
            self.last_decoded = decoded

    def pace(self) -> float:
        """Frames a second: the average, unless a tenth of the frames follow each other clearly faster."""
        length = self.last_start - self.begin
        average = (self.packets - 1) / length if length > 0 else 1.0
        quick = 1000 / max(1, self._tenth_gap_ms())
        return round(quick if quick > 1.2 * average else average, 3)

    def _tenth_gap_ms(self) -> int:
        """The gap that one gap in ten does not exceed; a second when there is none."""
        left = self.gaps_ms.total() // 10
        for gap, count in sorted(self.gaps_ms.items()):
            left -= count
            if left < 0:
                return gap
        return 1000


def _read_to_the_end(opened: InputContainer, *, wanted: list[int]) -> dict[int, _Reach]:
    """Every packet without decoding; `Invalid` when a stream stops well before the length that the file promises."""
    reaches = {index: _Reach() for index in wanted}
    try:
        for packet in opened.demux(*(opened.streams[index] for index in wanted)):
            reaches[packet.stream.index].take(packet)
    except av.FFmpegError as error:
        raise _incomplete() from error
    whole = float((opened.duration or 0) / av.time_base)
    begin = min(reach.begin for reach in reaches.values())
    for index, reach in reaches.items():
        stream = opened.streams[index]
        promised = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else 0.0
        if reach.end - min(begin, reach.begin) < promised - PROMISE_SLACK_SECONDS:
            raise _incomplete()
    if max(reach.end for reach in reaches.values()) - begin < whole - PROMISE_SLACK_SECONDS:
        raise _incomplete()
    return reaches


def _decode_both_ends(opened: InputContainer, *, video: VideoStream, reach: _Reach) -> VideoFrame:
    first = _decode_at(opened, video=video, seconds=reach.begin)
    _decode_at(opened, video=video, seconds=max(reach.begin, reach.end - 1.0))
    return first


def _decode_at(opened: InputContainer, *, video: VideoStream, seconds: float) -> VideoFrame:
    try:
        opened.seek(math.floor(seconds / (video.time_base or 1)), stream=video)
        frame = next(opened.decode(video), None)
    except av.FFmpegError as error:
        raise _damaged() from error
    if frame is None:
        raise _damaged()
    return frame


def _displayed(frame: VideoFrame, *, video: VideoStream) -> tuple[int, int]:
    """Width and height on the screen; phones store a portrait picture lying on its side and a note to turn it."""
    width = round(frame.width * (video.sample_aspect_ratio or 1))
    return (frame.height, width) if frame.rotation % 180 == 90 else (width, frame.height)


def _incomplete() -> Invalid:
    return Invalid(
        "The recording is incomplete: its end is missing. Copy or export it again and upload the whole file."
    )


def _damaged() -> Invalid:
    return Invalid(
        "The recording is damaged and cannot be played. Export it again as MP4 with H.264 and upload that file."
    )

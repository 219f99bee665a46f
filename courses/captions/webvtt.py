"""Caption files: WebVTT, SRT and lines of chapters, read with the number of every line at fault, and written."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from courses.captions.markup import Piece, normal, parse, to_typed, to_webvtt
from lms.kernel.errors import msgid

ARROW = "-->"
LINE_END = re.compile(r"\r\n|\r|\n")
TIME = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?")
STYLES = {"STYLE", "REGION"}
SETTING = re.compile(r"(?:line|position|size|align|vertical|region):\S+")
# Films and the captions made for them rarely end in the same frame.
END_SLACK_MS = 1500
HOUR, MINUTE, SECOND = 3_600_000, 60_000, 1000

EMPTY_FILE = msgid("There is not one caption in it.")
NO_CHAPTER = msgid("There is not one chapter in it.")
NO_TIME = msgid("This text has no line with times above it.")
BAD_TIME = msgid("These times cannot be read. Write them as 00:01:02.500 --> 00:01:05.000.")
BAD_CHAPTER = msgid("Write the time at which the chapter begins, a space and its title, such as 12:30 What to bring.")
EMPTY = msgid("This caption has no text.")
BACKWARDS = msgid("This caption ends at %(end)s, but it begins at %(start)s. The end must come after the beginning.")
UNORDERED = msgid("This caption begins at %(start)s, earlier than the one above it. Put them in order.")
OVERLAP = msgid("This caption begins at %(start)s, but the one above it ends only at %(end)s.")
TOO_LATE = msgid("This caption ends at %(end)s, but the recording is only %(length)s long.")
LATE_CHAPTER = msgid("This chapter begins at %(start)s, but the recording is only %(length)s long.")
UNORDERED_CHAPTER = msgid("This chapter does not begin after the one above it. Put them in order.")
BROKEN_SIGN = msgid("A sign here could not be read (�). Save the file as UTF-8 and choose it again.")
NOT_KEPT = msgid("Colours, places and styles are not kept: this site draws captions in its own way.")


@dataclass(frozen=True)
class Cue:
    """A caption: shown from `start` until `end`, in milliseconds of the film."""

    start: int
    end: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Finding:
    """What is wrong in a line (from 1), as an English msgid with what fills it. Only errors keep a file from use."""

    line: int
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    is_error: bool = True


@dataclass(frozen=True)
class Reading:
    """What a file holds, and everything there is to say against it, by line."""

    cues: tuple[Cue, ...]
    findings: tuple[Finding, ...]

    @property
    def is_usable(self) -> bool:
        """Whether nothing is wrong that a person must mend."""
        return not any(finding.is_error for finding in self.findings)

    @property
    def is_only_tangled(self) -> bool:
        """Whether all that is wrong is the order of its times, which `untangled` can mend."""
        wrong = {finding.message for finding in self.findings if finding.is_error}
        return bool(wrong) and wrong <= {OVERLAP, UNORDERED}


def cue(start: int, end: int, text: str) -> Cue:
    """A caption from text as people type it."""
    return Cue(start, end, parse(text).pieces)


def read_captions(text: str, *, duration_ms: int) -> Reading:
    """The captions in a WebVTT or SRT file, or in blocks as they are typed, for a film of this length."""
    found: list[tuple[int, Cue]] = []
    findings = list(_broken_signs(text))
    dropped = 0
    for block in _blocks(text):
        if block.times is None:
            dropped = dropped or (block.line if block.text[0].strip() in STYLES else 0)
            findings += [Finding(block.line, NO_TIME)] if _is_said(block) else []
            continue
        times = _times(block.times)
        if times is None:
            findings.append(Finding(block.line, BAD_TIME))
            continue
        parsed = parse("\n".join(block.text))
        findings += [Finding(block.line + 1 + fault.line, fault.message, fault.params) for fault in parsed.faults]
        dropped = dropped or (block.line if parsed.dropped or times[2] else 0)
        found.append((block.line, Cue(times[0], times[1], parsed.pieces)))
    if dropped:
        findings.append(Finding(dropped, NOT_KEPT, is_error=False))
    if not found and not any(finding.is_error for finding in findings):
        findings.append(Finding(1, EMPTY_FILE))
    findings += _faults(found, duration_ms=duration_ms)
    cues = tuple(replace(cue, end=min(cue.end, max(duration_ms, cue.start + 1))) for _, cue in found)
    return Reading(cues, tuple(sorted(findings, key=lambda finding: (not finding.is_error, finding.line))))


def read_chapters(text: str, *, duration_ms: int) -> Reading:
    """Chapters, one a line (`12:30 Title`) or as a WebVTT file; each lasts until the next begins."""
    starts: list[tuple[int, int, tuple[Piece, ...]]] = []
    findings = list(_broken_signs(text))
    for line, start, title in _chapter_lines(text):
        parsed = parse(title)
        if start is None or not parsed.pieces:
            findings.append(Finding(line, BAD_CHAPTER))
            continue
        findings += [Finding(line, fault.message, fault.params) for fault in parsed.faults]
        if starts and start <= starts[-1][1]:
            findings.append(Finding(line, UNORDERED_CHAPTER))
        if start >= duration_ms:
            params = {"start": clock(start), "length": clock(duration_ms)}
            findings.append(Finding(line, LATE_CHAPTER, params))
        starts.append((line, start, parsed.pieces))
    if not starts and not findings:
        findings.append(Finding(1, NO_CHAPTER))
    ends = [start for _, start, _ in starts[1:]] + [duration_ms]
    cues = tuple(Cue(start, end, pieces) for (_, start, pieces), end in zip(starts, ends, strict=False))
    return Reading(cues, tuple(sorted(findings, key=lambda finding: finding.line)))


def _chapter_lines(text: str) -> Iterator[tuple[int, int | None, str]]:
    if ARROW in text:
        for block in _blocks(text):
            if block.times is not None:
                times = _times(block.times)
                yield block.line, times[0] if times else None, " ".join(block.text)
        return
    for number, line in enumerate(_lines(text), start=1):
        if line.strip():
            time, _, title = line.strip().partition(" ")
            yield number, _milliseconds(time), title


def write(cues: Iterable[Cue]) -> str:
    """A WebVTT file."""
    blocks = [f"{stamp(cue.start)} {ARROW} {stamp(cue.end)}\n{to_webvtt(cue.pieces)}\n" for cue in cues]
    return "\n".join(["WEBVTT\n", *blocks])


def write_srt(cues: Iterable[Cue]) -> str:
    """An SRT file; readings follow their words in brackets, for programs that know no ruby."""
    return "\n".join(
        f"{number}\n{stamp(cue.start, ',')} {ARROW} {stamp(cue.end, ',')}\n{_in_brackets(cue.pieces)}\n"
        for number, cue in enumerate(cues, start=1)
    )


def typed_captions(cues: Iterable[Cue]) -> str:
    """The captions as they stand in the editor."""
    return "\n".join(f"{stamp(cue.start)} {ARROW} {stamp(cue.end)}\n{to_typed(cue.pieces)}\n" for cue in cues)


def typed_chapters(cues: Iterable[Cue]) -> str:
    """The chapters as they stand in the editor."""
    return "".join(f"{clock(cue.start)} {to_typed(cue.pieces)}\n" for cue in cues)


def kept(webvtt: str) -> tuple[Cue, ...]:
    """The captions of a file that was written by us."""
    found = []
    for block in _blocks(webvtt):
        times = _times(block.times or "")
        if times:
            found.append(Cue(times[0], times[1], parse("\n".join(block.text)).pieces))
    return tuple(found)


def shifted(cues: Iterable[Cue], *, by: int, duration_ms: int) -> tuple[Cue, ...]:
    """All of them this many milliseconds later (or earlier), cut to a film of this length."""
    moved = (replace(c, start=max(c.start + by, 0), end=min(c.end + by, duration_ms)) for c in cues)
    return tuple(cue for cue in moved if cue.start < cue.end)


def untangled(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """The same in order, each ending at the latest where the next begins; what begins at once becomes one."""
    joined: list[Cue] = []
    for cue in sorted(cues, key=lambda cue: cue.start):
        if joined and joined[-1].start == cue.start:
            both = normal((*joined[-1].pieces, Piece("\n"), *cue.pieces))
            joined[-1] = Cue(cue.start, max(joined[-1].end, cue.end), both)
        else:
            joined.append(cue)
    ends = [*(cue.start for cue in joined[1:]), joined[-1].end] if joined else []
    return tuple(replace(cue, end=min(cue.end, end)) for cue, end in zip(joined, ends, strict=True))


def stamp(milliseconds: int, point: str = ".") -> str:
    """01:02:03.456."""
    hours, rest = divmod(milliseconds, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    seconds, rest = divmod(rest, SECOND)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{point}{rest:03d}"


def clock(milliseconds: int) -> str:
    """A time as people write it, with parts of a second only if there are any: 2:03, 1:02:03, 2:03.500."""
    hours, rest = divmod(milliseconds, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    seconds, rest = divmod(rest, SECOND)
    whole = f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
    return f"{whole}.{rest:03d}" if rest else whole


@dataclass
class _Block:
    """Lines that belong together; `line` is that of the times, or the first."""

    line: int
    times: str | None
    text: list[str]


def _lines(text: str) -> Sequence[str]:
    return LINE_END.split(text.removeprefix("\ufeff"))


def _blocks(text: str) -> Iterator[_Block]:
    """What stands between empty lines, without WebVTT's head and notes.

    A line with times begins a new block even where the empty line was forgotten.
    """
    block: _Block | None = None
    for number, line in enumerate(_lines(text), start=1):
        if ARROW in line:
            if block and block.times is not None and block.text and block.text[-1].strip().isdecimal():
                block.text.pop()  # the number of this caption in an SRT file
            if block and (block.times is not None or len(block.text) > 1):  # one line alone is the caption's name
                yield block
            block = _Block(number, line, [])
        elif not line.strip():
            if block:
                yield block
            block = None
        elif block:
            block.text.append(line)
        else:
            block = _Block(number, None, [line])
    if block:
        yield block


def _is_said(block: _Block) -> bool:
    """Whether a block without times was meant to be read: not the head of the file, a note or a style."""
    first = block.text[0].strip()
    return not ((first.startswith("WEBVTT") and block.line == 1) or first.startswith("NOTE") or first in STYLES)


def _times(line: str) -> tuple[int, int, bool] | None:
    """Start, end, and whether settings stand behind them."""
    before, _, after = line.partition(ARROW)
    parts = after.split()
    start, end = _milliseconds(before.strip()), _milliseconds(parts[0]) if parts else None
    return None if start is None or end is None else (start, end, any(SETTING.fullmatch(part) for part in parts[1:]))


def _milliseconds(text: str) -> int | None:
    found = TIME.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds, rest = found.groups("0")
    if int(seconds) >= 60 or (found[1] and int(minutes) >= 60):
        return None
    return int(hours) * HOUR + int(minutes) * MINUTE + int(seconds) * SECOND + int(rest.ljust(3, "0"))


def _broken_signs(text: str) -> Iterator[Finding]:
    for number, line in enumerate(_lines(text) if "\ufffd" in text else (), start=1):
        if "\ufffd" in line:
            yield Finding(number, BROKEN_SIGN)
            return


def _faults(found: Sequence[tuple[int, Cue]], *, duration_ms: int) -> Iterator[Finding]:
    before: Cue | None = None
    for line, here in found:
        start, end = stamp(here.start), stamp(here.end)
        if not here.pieces:
            yield Finding(line, EMPTY)
        if here.end <= here.start:
            yield Finding(line, BACKWARDS, {"start": start, "end": end})
        elif here.end > duration_ms + END_SLACK_MS or here.start >= duration_ms:
            yield Finding(line, TOO_LATE, {"end": end, "length": clock(duration_ms)})
        if before and here.start < before.start:
            yield Finding(line, UNORDERED, {"start": start})
        elif before and here.start < before.end:
            yield Finding(line, OVERLAP, {"start": start, "end": stamp(before.end)})
        before = here


def _in_brackets(pieces: Iterable[Piece]) -> str:
    return "".join(f"{piece.text}（{piece.reading}）" if piece.reading else piece.text for piece in pieces)

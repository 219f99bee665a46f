"""A speech recogniser that drafts Japanese captions: faster-whisper, if it is installed and a folder holds its model.

Nothing of it is needed otherwise: the package is an extra, the model is not shipped, both are looked for when used.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from courses.captions.webvtt import Cue, cue
from lms.kernel.settings import Settings

PACKAGE = "faster_whisper"
MODEL_FILES = ("model.bin", "tokenizer.json")  # without the second the package would fetch it from elsewhere
SPOKEN = "ja"
# Two lines of a telephone, and no longer than anybody wants to look at them.
MOST_LETTERS, LONGEST_MS = 40, 6000
PAUSE_MS = 700
SHORTEST_MS = 1000
SENTENCE_ENDS = ("。", "？", "！", "?", "!")
PHRASE_ENDS = ("、", "，", ",")


@dataclass(frozen=True)
class Word:
    """What was heard, from when to when, in milliseconds."""

    start: int
    end: int
    text: str


def is_set_up(settings: Settings) -> bool:
    """Whether captions can be drafted here."""
    return settings.speech_model is not None and not missing(settings.speech_model)


def missing(model: Path) -> list[str]:
    """What is not there although a model's folder is set, each as a name."""
    return [
        *([] if find_spec(PACKAGE) else ["faster-whisper"]),
        *(str(model / name) for name in MODEL_FILES if not (model / name).is_file()),
    ]


def words_in(film: Path, *, model: Path, on_share: Callable[[float], None]) -> Iterator[Word]:
    """What is said in a film; `on_share` gets 0 to 1 as the listening goes on. Silence is left out."""
    from faster_whisper import WhisperModel  # noqa: PLC0415  # an extra that few sites install

    recogniser = WhisperModel(str(model), compute_type="int8", local_files_only=True)
    segments, about = recogniser.transcribe(
        str(film), language=SPOKEN, vad_filter=True, word_timestamps=True, condition_on_previous_text=False
    )
    for segment in segments:
        on_share(min(float(segment.end / about.duration), 1.0) if about.duration else 1.0)
        for word in segment.words or ():
            yield Word(round(word.start * 1000), round(word.end * 1000), word.word)


def cues_of(words: Iterable[Word]) -> list[Cue]:
    """Captions that can be read: broken at the ends of sentences, at pauses, and before they grow too long."""
    cues: list[Cue] = []
    held: list[Word] = []
    for word in words:
        if held and _is_over(held, word):
            _close(cues, held)
        if held or word.text.strip():
            held.append(word)
        if word.text.rstrip().endswith(SENTENCE_ENDS):
            _close(cues, held)
    _close(cues, held)
    return cues


def _is_over(held: list[Word], word: Word) -> bool:
    letters = sum(len(one.text) for one in held)
    half = letters >= MOST_LETTERS // 2 and held[-1].text.rstrip().endswith(PHRASE_ENDS)
    too_long = letters + len(word.text) > MOST_LETTERS or word.end - held[0].start > LONGEST_MS
    return half or too_long or word.start - held[-1].end >= PAUSE_MS


def _close(cues: list[Cue], held: list[Word]) -> None:
    """The held words become a caption; times that the recogniser let overlap are pulled apart."""
    text = "".join(word.text for word in held)
    if held and text.strip():
        before = cues[-1].end if cues else 0
        start = max(held[0].start, before)
        cues.append(cue(start, max(held[-1].end, start + 1), text.replace("{", "｛").replace("<", "＜")))
    held.clear()

"""Window envelopes: which block of the letter shows in the window wherever the sheet slides. All in millimetres."""

from dataclasses import dataclass
from pathlib import Path

from lms.kernel.content import Node, read_toml
from lms.kernel.settings import Settings, SettingsError

SHIPPED = Path(__file__).with_name("envelopes.toml")
NONE = "none"
LEAST_WIDTH, LEAST_HEIGHT = 45.0, 18.0
"""An address of four small lines does not go into less."""

RIGHTMOST, LOWEST = 116.0, 70.0
"""Where the sender's column and the letter itself must begin at the latest, so that neither shows in the window."""


@dataclass(frozen=True)
class Box:
    """A rectangle: from the left, from the top, and its size."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Envelope:
    """An envelope with a window, and the sheet folded to go into it."""

    code: str
    title: str
    width: float
    height: float
    window: Box
    folded_width: float
    folded_height: float

    @property
    def block(self) -> Box:
        """What shows in the window wherever the sheet slides, on the sheet: there the address stands.

        The sheet may lie at the left or slide to the right by as much as the envelope is wider, so the window shows
        this much less; likewise up and down.
        """
        play_x, play_y = self.width - self.folded_width, self.height - self.folded_height
        return Box(self.window.x, self.window.y, self.window.width - play_x, self.window.height - play_y)

    @property
    def seen(self) -> Box:
        """Everything of the sheet that can come into the window: nothing else may stand there."""
        left = max(0.0, self.window.x - (self.width - self.folded_width))
        top = max(0.0, self.window.y - (self.height - self.folded_height))
        return Box(left, top, self.window.x + self.window.width - left, self.window.y + self.window.height - top)


USUAL_BLOCK, USUAL_SEEN = Box(20, 12, 65, 24), Box(0, 0, 110, 57)
"""Where the address stands on a letter that goes into an envelope without a window."""


def envelopes_of(settings: Settings) -> dict[str, Envelope]:
    """The shipped envelopes and the operator's own. Raises ContentError with file and line."""
    found = {envelope.code: envelope for envelope in _read(SHIPPED)}
    if settings.envelopes is not None:
        found |= {envelope.code: envelope for envelope in _read(settings.envelopes)}
    return found


def envelope_of(settings: Settings) -> Envelope | None:
    """The envelope the site posts with, or None if labels go on envelopes without a window.

    Raises SettingsError for a name that no envelope has.
    """
    if settings.envelope == NONE:
        return None
    known = envelopes_of(settings)
    if settings.envelope not in known:
        raise SettingsError(f"LMS_ENVELOPE must be one of {', '.join((NONE, *known))}, not {settings.envelope!r}")
    return known[settings.envelope]


def _read(path: Path) -> list[Envelope]:
    return [_envelope(code, node) for code, node in read_toml(path, languages=()).table().items()]


def _envelope(code: str, node: Node) -> Envelope:
    node.allow("title", "width", "height", "window", "folded")
    window, folded = _lengths(node["window"], 4), _lengths(node["folded"], 2)
    envelope = Envelope(
        code=code,
        title=node["title"].string(),
        width=_length(node["width"]),
        height=_length(node["height"]),
        window=Box(*window),
        folded_width=folded[0],
        folded_height=folded[1],
    )
    if envelope.folded_width > envelope.width or envelope.folded_height > envelope.height:
        raise node["folded"].error("the folded sheet does not go into the envelope")
    if envelope.block.width < LEAST_WIDTH or envelope.block.height < LEAST_HEIGHT:
        raise node["window"].error("the window is too small for an address on a sheet that slides; use labels")
    if envelope.window.x + envelope.window.width > RIGHTMOST or envelope.window.y + envelope.window.height > LOWEST:
        raise node["window"].error("more than the address would show in the window; use labels")
    return envelope


def _lengths(node: Node, count: int) -> tuple[float, ...]:
    items = node.items()
    if len(items) != count:
        raise node.error(f"'{node.name}' must have {count} lengths, not {len(items)}")
    return tuple(_length(item) for item in items)


def _length(node: Node) -> float:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 500:
        raise node.error(f"'{node.name}' must be millimetres from 0 to 500")
    return float(value)

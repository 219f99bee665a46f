"""Which sizes a recording is offered in. Pure: numbers in, numbers out."""

from dataclasses import dataclass

# Short side of the picture in pixels, the most it may take in kbit/s, and how much is lost (x264's CRF).
# The last must leave room for the sound on a line of 350 kbit/s. What it may take it should use: its letters are small.
STEPS = ((1080, 3000, 23), (720, 1600, 23), (480, 800, 23), (240, 200, 20))
FASTEST = 30
# The smallest step is for the thinnest lines: half the frames leave its bits to the letters on a slide.
SMALL_STEP = 240
SMALL_FASTEST = 15
# A source that lies further above its highest step than this loses too much: 360 lines would become 240.
OWN_SIZE_BELOW = 0.75


@dataclass(frozen=True)
class Rung:
    """One size: even width and height in pixels, whole frames a second, its ceiling in kbit/s, and its CRF."""

    name: str
    width: int
    height: int
    fps: int
    ceiling: int
    crf: int


def ladder(*, width: int, height: int, fps: float) -> tuple[Rung, ...]:
    """Highest first. Steps count the short side, so a portrait picture gets the same care as a wide one.

    Nothing is enlarged; a source well below the next step is also offered in its own size. The frame rate is a whole
    number, because only then do six seconds end with a whole frame at every size.
    """
    short = min(width, height)
    sides = [step for step, *_ in STEPS if step <= short]
    if short < STEPS[0][0] and (not sides or sides[0] < OWN_SIZE_BELOW * short):
        sides.insert(0, _even(short))
    rate = min(FASTEST, max(1, round(fps)))
    return tuple(
        Rung(
            name=f"{side}p",
            width=_even(width * side / short),
            height=_even(height * side / short),
            fps=min(rate, SMALL_FASTEST) if side <= SMALL_STEP and len(sides) > 1 else rate,
            ceiling=ceiling,
            crf=crf,
        )
        for side in sides
        for _, ceiling, crf in [next(step for step in reversed(STEPS) if side <= step[0])]
    )


def _even(length: float) -> int:
    return max(2, 2 * round(length / 2))

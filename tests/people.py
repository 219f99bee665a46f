"""Three hundred plainly fictitious people, the same in every run: who they are and how they will go through a year."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from lms.supporters.rules import Participation

SEED = 20260401
# One name a script; the number after it tells people apart.
NAMES = (
    ("ja", "見本 {n}子", "ミホン {n}コ"),
    ("ja", "見本 髙橋 {n}郎", "ミホン タカハシ {n}ロウ"),
    ("ja@easy", "みほん サンプル{n}", "ミホン サンプル{n}"),
    ("vi", "Mihon Nguyễn Thị Mẫu {n}", ""),
    ("es", "María Mihon Ejemplo {n}", ""),
    ("en", "Sample Mihon {n}", ""),
    ("en", "見本 小明 {n}", ""),
    ("en", "Mihon Örnek Şükrü {n}", ""),
)
WAYS = (Participation.INEXPERIENCED,) * 14 + (Participation.EXPERIENCED,) * 2
WAYS += (Participation.TRAINEE,) * 2 + (Participation.LEARN,) * 2


class Fate(StrEnum):
    """What becomes of somebody's papers once they have been posted, or before."""

    GOOD = "good"
    LATE = "late"
    SILENT = "silent"
    FAULTY = "faulty"
    NEVER_MENDED = "never_mended"
    MOVED = "moved"
    VANISHED = "vanished"
    WITHDRAWS = "withdraws"
    HELD = "held"


FATES = (Fate.GOOD,) * 11 + (Fate.LATE, Fate.LATE, Fate.FAULTY, Fate.FAULTY, Fate.MOVED) + tuple(Fate)[2:]


@dataclass(frozen=True)
class Life:
    """Somebody: how they take part, when they register, and how eager they are.

    A survey every `every` days, `surveys` of the five, of which those in `careless` come back once; `mends` says
    whether they then answer again. The address is known `address_after` days after the registration, or never. A
    trainee or learner may move on after so many days.
    """

    number: int
    name: str
    kana: str
    locale: str
    way: Participation
    registers_on: date
    every: int
    surveys: int
    careless: frozenset[int]
    mends: bool
    address_after: int | None
    moves_on_after: int | None
    fate: Fate

    @property
    def email(self) -> str:
        return f"mihon-{self.number:03}@example.jp"


def lives(number: int, *, year: int) -> list[Life]:
    """So many people who register in the first ten months of a fiscal year, most of them in its spring."""
    chance = random.Random(SEED)
    found = []
    for n in range(1, number + 1):
        locale, name, kana = NAMES[n % len(NAMES)]
        way = WAYS[n % len(WAYS)]
        learns_only = way in {Participation.TRAINEE, Participation.LEARN}
        found.append(
            Life(
                number=n,
                name=name.format(n=n),
                kana=kana.format(n=n),
                locale=locale,
                way=way,
                registers_on=date(year, 4, 1) + timedelta(days=int(chance.triangular(0, 300, 20))),
                every=chance.choice((1, 3, 7, 7, 14, 30)),
                surveys=chance.choice((0, 0, 1, 1, 2, 3, 4, 5, 5, 5)),
                careless=frozenset(i for i in range(5) if chance.random() < 0.06),
                mends=chance.random() < 0.8,
                address_after=chance.choice((0, 0, 0, 20, 60, None)),
                moves_on_after=chance.choice((None, 30, 90)) if learns_only else None,
                fate=FATES[chance.randrange(len(FATES))],
            )
        )
    return found

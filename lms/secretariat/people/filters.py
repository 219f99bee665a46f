"""What the list of people is narrowed to and sorted by, as words of an address and back again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from werkzeug.datastructures import MultiDict

from lms.kernel import crypto, i18n
from lms.memoranda.rules import State
from lms.qualification.rules import Why

Value = TypeVar("Value")

YEARS = range(1900, 3000)
FIND = "find"
"""The word of an address that holds what was searched for, which only this site can read."""


class Group(StrEnum):
    """People the list can be narrowed to, by where they stand."""

    ON_THE_WAY = "on-the-way"
    EXPERIENCE = "experience"
    QUALIFIED = "qualified"
    TRAINEES = "trainees"
    LEARNERS = "learners"


class Sort(StrEnum):
    """In which order people are listed."""

    NEWEST = "newest"
    NAME = "name"
    NETWORK_ID = "id"


@dataclass(frozen=True)
class Filters:
    """All that narrows the list; nothing of it narrows when it is empty.

    `papers` is the state of the newest memorandum, `why` and `lecture` what is missing, `only` that it is the only
    thing missing; `year` the 年度 of the rule by which somebody qualified; `since` and `until` days of registration.
    """

    text: str = ""
    group: Group | None = None
    papers: State | None = None
    why: Why | None = None
    lecture: str | None = None
    only: bool = False
    year: int | None = None
    language: str | None = None
    since: date | None = None
    until: date | None = None
    sort: Sort = Sort.NEWEST

    @classmethod
    def of_address(cls, words: MultiDict[str, str]) -> "Filters":
        """What the words of an address mean; a word that means nothing narrows nothing."""
        language = words.get("language")
        return cls(
            text=crypto.unsealed(words.get(FIND, "")) or "",
            group=_read(Group, words, "group"),
            papers=_read(State, words, "papers"),
            why=_read(Why, words, "why"),
            lecture=words.get("lecture") or None,
            only="only" in words,
            year=_read(_year, words, "year"),
            language=language if i18n.is_offered(language) else None,
            since=_read(_day, words, "since"),
            until=_read(_day, words, "until"),
            sort=_read(Sort, words, "sort") or Sort.NEWEST,
        )

    def words(self) -> dict[str, str]:
        """The plain words of the address: nothing of what was searched for."""
        found: Mapping[str, Any] = {
            "group": self.group,
            "papers": self.papers,
            "why": self.why,
            "lecture": self.lecture if self.why is None or self.why.is_of_a_lecture else None,
            "only": "1" if self.only and self.why else None,
            "year": self.year,
            "language": self.language,
            "since": self.since,
            "until": self.until,
            "sort": None if self.sort is Sort.NEWEST else self.sort,
        }
        return {name: str(value) for name, value in found.items() if value is not None}

    def address(self) -> dict[str, str]:
        """All words of the address."""
        return self.words() | ({FIND: crypto.sealed(self.text)} if self.text else {})

    @property
    def narrows(self) -> bool:
        """Whether the list is shorter for it."""
        return replace(self, sort=Sort.NEWEST) != Filters()


def _year(text: str) -> int:
    if int(text) not in YEARS:
        raise ValueError("no year of ours")
    return int(text)


def _day(text: str) -> date:
    found = date.fromisoformat(text)
    _year(str(found.year))
    return found


def _read(kind: Callable[[str], Value], words: MultiDict[str, str], name: str) -> Value | None:
    try:
        return kind(words[name])
    except (KeyError, ValueError):
        return None

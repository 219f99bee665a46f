"""Lectures and programmes as data: from TOML files to frozen entries, or one `ContentError` with file and line."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from courses import rules
from courses.rules import Confirmation, Earlier
from lms.kernel.clock import fiscal_year
from lms.kernel.content import Node, read_toml, refuse_doubles
from lms.kernel.languages import Language

MOST_LECTURES = 99
PROGRAMME_KEYS = (
    *("code", "title", "first_day", "last_day", "required", "confirmation"),
    *("honorarium", "claim_within_months"),
)
PROGRAMME_OPTIONAL_KEYS = ("exemption", "not_viewable", "require_watched", "earlier")


@dataclass(frozen=True, kw_only=True)
class SeriesEntry:
    """基礎編; its `label` 基礎 and a lecture's number make the short name 基礎①."""

    code: str
    title: Mapping[str, str]
    label: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class LectureEntry:
    """One lecture of a series; `number` counts within the series, from 1."""

    code: str
    series: str
    number: int
    title: Mapping[str, str]
    summary: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Lectures:
    """Everything taught, in the order of the file."""

    series: tuple[SeriesEntry, ...]
    lectures: tuple[LectureEntry, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """What programmes and surveys may refer to."""
        return tuple(lecture.code for lecture in self.lectures)


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """From `first` to `last`, both included, the survey of a required lecture is not asked for."""

    lecture: str
    first: date
    last: date
    reason: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class NotViewable:
    """From `first` to `last`, both included, a lecture cannot be watched."""

    lecture: str
    first: date
    last: date
    reason: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Rate:
    """What one accompaniment of at least so many minutes is thanked with, in yen."""

    minutes_from: int
    yen: int


@dataclass(frozen=True, kw_only=True)
class ProgrammeEntry:
    """The dates and rules of one programme; both days are included."""

    code: str
    title: Mapping[str, str]
    first_day: date
    last_day: date
    required: tuple[str, ...]
    confirmation: Confirmation
    exemptions: tuple[Exemption, ...]
    not_viewable: tuple[NotViewable, ...]
    require_watched: Mapping[str, float]
    """Lecture to the share of it that must have been watched before its survey opens; empty for most programmes."""
    honorarium: tuple[Rate, ...]
    claim_within_months: int
    earlier: Earlier

    def as_rules(self) -> rules.Programme:
        """As the rules see it, without words and money."""
        return rules.Programme(
            code=self.code,
            first_day=self.first_day,
            last_day=self.last_day,
            required=self.required,
            confirmation=self.confirmation,
            exemptions=tuple(rules.Exemption(e.lecture, e.first, e.last) for e in self.exemptions),
            not_viewable=tuple(rules.NotViewable(n.lecture, n.first, n.last) for n in self.not_viewable),
            require_watched=self.require_watched,
            earlier=self.earlier,
        )

    def to_json(self) -> dict[str, Any]:
        """As a version keeps it: everything but the code, which never changes."""
        return {
            "title": dict(self.title),
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "required": list(self.required),
            "confirmation": self.confirmation.value,
            "exemptions": [_dated_to_json(e) for e in self.exemptions],
            "not_viewable": [_dated_to_json(n) for n in self.not_viewable],
            "require_watched": dict(self.require_watched),
            "honorarium": [[rate.minutes_from, rate.yen] for rate in self.honorarium],
            "claim_within_months": self.claim_within_months,
            "earlier": self.earlier.value,
        }

    @classmethod
    def from_json(cls, code: str, kept: Mapping[str, Any]) -> "ProgrammeEntry":
        """The same read back."""
        return cls(
            code=code,
            title=kept["title"],
            first_day=date.fromisoformat(kept["first_day"]),
            last_day=date.fromisoformat(kept["last_day"]),
            required=tuple(kept["required"]),
            confirmation=Confirmation(kept["confirmation"]),
            exemptions=tuple(Exemption(**_dated_from_json(e)) for e in kept["exemptions"]),
            not_viewable=tuple(NotViewable(**_dated_from_json(n)) for n in kept["not_viewable"]),
            require_watched=kept["require_watched"],
            honorarium=tuple(Rate(minutes_from=minutes, yen=yen) for minutes, yen in kept["honorarium"]),
            claim_within_months=kept["claim_within_months"],
            earlier=Earlier(kept["earlier"]),
        )


def _dated_to_json(entry: Exemption | NotViewable) -> dict[str, Any]:
    first, last = entry.first.isoformat(), entry.last.isoformat()
    return {"lecture": entry.lecture, "first": first, "last": last, "reason": dict(entry.reason)}


def _dated_from_json(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {**kept, "first": date.fromisoformat(kept["first"]), "last": date.fromisoformat(kept["last"])}


def read_lectures(path: Path, *, languages: Sequence[Language]) -> Lectures:
    """Series and lectures, their texts in these languages."""
    file = read_toml(path, languages=languages)
    file.allow("series", "lecture")
    series_nodes = file["series"].items(least=1)
    refuse_doubles(node["code"] for node in series_nodes)
    series = tuple(_series(node) for node in series_nodes)
    codes = [entry.code for entry in series]
    lecture_nodes = file["lecture"].items(least=1)
    refuse_doubles(node["code"] for node in lecture_nodes)
    lectures = tuple(_lecture(node, series=codes) for node in lecture_nodes)
    for code in codes:
        refuse_doubles(node["number"] for node in lecture_nodes if node["series"].value == code)
    return Lectures(series=series, lectures=lectures)


def _series(node: Node) -> SeriesEntry:
    node.allow("code", "title", "label")
    return SeriesEntry(code=node["code"].code(), title=node["title"].texts(), label=node["label"].texts())


def _lecture(node: Node, *, series: Collection[str]) -> LectureEntry:
    node.allow("code", "series", "number", "title", "summary")
    return LectureEntry(
        code=node["code"].code(),
        series=node["series"].choice(series),
        number=node["number"].whole(least=1, most=MOST_LECTURES),
        title=node["title"].texts(),
        summary=node["summary"].texts(),
    )


def read_programme(path: Path, *, languages: Sequence[Language], lectures: Collection[str]) -> ProgrammeEntry:
    """One programme, which may speak of these lectures only."""
    file = read_toml(path, languages=languages)
    file.allow(*PROGRAMME_KEYS, *PROGRAMME_OPTIONAL_KEYS)
    first_day, last_day = _period(file["first_day"], file["last_day"])
    years = range(fiscal_year(first_day), fiscal_year(last_day) + 1)
    required = file["required"].choices(lectures)
    programme = ProgrammeEntry(
        code=file["code"].code(),
        title=file["title"].texts(),
        first_day=first_day,
        last_day=last_day,
        required=required,
        confirmation=Confirmation(file["confirmation"].choice(list(Confirmation))),
        exemptions=tuple(
            _exemption(node, lectures=lectures, required=required, period=(first_day, last_day))
            for node in _optional_items(file, "exemption")
        ),
        not_viewable=_not_viewable(file, lectures=lectures, years=years),
        require_watched=_require_watched(file, lectures=lectures),
        honorarium=tuple(_rate(node) for node in file["honorarium"].items(least=1)),
        claim_within_months=file["claim_within_months"].whole(least=1, most=12),
        earlier=Earlier(file["earlier"].choice(list(Earlier))) if "earlier" in file else Earlier.AGAIN,
    )
    if empty := rules.day_without_surveys(programme.as_rules()):
        raise file["required"].error(f"no survey is required on {empty}: everybody would qualify")
    return programme


def _rate(node: Node) -> Rate:
    node.allow("minutes_from", "yen")
    return Rate(
        minutes_from=node["minutes_from"].whole(least=0, most=24 * 60), yen=node["yen"].whole(least=1, most=10**6)
    )


def _period(first: Node, last: Node) -> tuple[date, date]:
    if first.day() > last.day():
        raise last.error(f"'{last.name}' {last.day()} is before '{first.name}' {first.day()}")
    return first.day(), last.day()


def _optional_items(file: Node, key: str) -> list[Node]:
    return file[key].items() if key in file else []


def _exemption(
    node: Node, *, lectures: Collection[str], required: Collection[str], period: tuple[date, date]
) -> Exemption:
    node.allow("lecture", "first", "last", "reason")
    lecture = node["lecture"].choice(lectures)
    if lecture not in required:
        raise node["lecture"].error(f"'{lecture}' is not required, so there is nothing to exempt from")
    first, last = _period(node["first"], node["last"])
    for end in (node["first"], node["last"]):
        if not period[0] <= end.day() <= period[1]:
            raise end.error(f"'{end.name}' {end.day()} is outside the programme, {period[0]} to {period[1]}")
    return Exemption(lecture=lecture, first=first, last=last, reason=node["reason"].texts())


def _not_viewable(file: Node, *, lectures: Collection[str], years: range) -> tuple[NotViewable, ...]:
    found: list[NotViewable] = []
    for node in _optional_items(file, "not_viewable"):
        for entry, place in _not_viewable_days(node, lectures=lectures, years=years):
            for other in found:
                if other.lecture == entry.lecture and other.first <= entry.last and entry.first <= other.last:
                    raise place.error(f"'{entry.lecture}' is already not viewable from {other.first} to {other.last}")
            found.append(entry)
    return tuple(found)


def _not_viewable_days(node: Node, *, lectures: Collection[str], years: range) -> list[tuple[NotViewable, Node]]:
    """Whole fiscal years or days from `first` to `last`, each with where it is written."""
    lecture, reason = node["lecture"].choice(lectures), node["reason"].texts()
    if "years" not in node:
        node.allow("lecture", "first", "last", "reason")
        first, last = _period(node["first"], node["last"])
        return [(NotViewable(lecture=lecture, first=first, last=last, reason=reason), node["first"])]
    node.allow("lecture", "years", "reason")
    return [
        (NotViewable(lecture=lecture, first=date(year, 4, 1), last=date(year + 1, 3, 31), reason=reason), place)
        for place in node["years"].items(least=1)
        for year in [place.whole(least=years[0], most=years[-1])]
    ]


def _require_watched(file: Node, *, lectures: Collection[str]) -> dict[str, float]:
    if "require_watched" not in file:
        return {}
    file["require_watched"].allow(*lectures)
    return {lecture: node.share() for lecture, node in file["require_watched"].table().items()}

"""Surveys as data: from their TOML files to frozen entries, or one `ContentError` with file and line.

An entry is also what a survey version keeps in the database: `as_json` and `from_json` are each other's reverse.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from lms.kernel.content import ContentError, Node, read_toml, refuse_doubles
from lms.kernel.languages import Language

COMMON = "common.toml"
FEWEST_OPTIONS = 2
STEPS = range(2, 11)
LONGEST_ANSWER = 10_000


class Kind(StrEnum):
    """How a question is answered."""

    SCALE = "scale"
    ONE = "one"
    MANY = "many"
    SHORT = "short"
    LONG = "long"


EVERY_KIND = ("code", "kind", "required", "text", "hint")
KEYS = {
    Kind.SCALE: (*EVERY_KIND, "steps", "low", "high"),
    Kind.ONE: (*EVERY_KIND, "options"),
    Kind.MANY: (*EVERY_KIND, "options", "at_most"),
    Kind.SHORT: (*EVERY_KIND, "max_length"),
    Kind.LONG: (*EVERY_KIND, "max_length"),
}


@dataclass(frozen=True, kw_only=True)
class OptionEntry:
    """One thing that can be chosen."""

    code: str
    text: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """For the database."""
        return {"code": self.code, "text": dict(self.text)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "OptionEntry":
        """What `as_json` gave."""
        return cls(code=stored["code"], text=stored["text"])


@dataclass(frozen=True, kw_only=True)
class QuestionEntry:
    """One question; what its kind has no use for is None or empty."""

    code: str
    kind: Kind
    required: bool
    text: Mapping[str, str]
    hint: Mapping[str, str] | None = None
    steps: int | None = None
    low: Mapping[str, str] | None = None
    high: Mapping[str, str] | None = None
    options: tuple[OptionEntry, ...] = ()
    at_most: int | None = None
    max_length: int | None = None

    def as_json(self) -> dict[str, Any]:
        """For the database; what is None or empty is left out."""
        fields: dict[str, Any] = {
            "code": self.code,
            "kind": self.kind.value,
            "required": self.required,
            "text": dict(self.text),
            "hint": self.hint and dict(self.hint),
            "steps": self.steps,
            "low": self.low and dict(self.low),
            "high": self.high and dict(self.high),
            "options": [option.as_json() for option in self.options] or None,
            "at_most": self.at_most,
            "max_length": self.max_length,
        }
        return {name: value for name, value in fields.items() if value is not None}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "QuestionEntry":
        """What `as_json` gave."""
        options = tuple(OptionEntry.from_json(option) for option in stored.get("options", ()))
        return cls(**{**stored, "kind": Kind(stored["kind"]), "options": options})


@dataclass(frozen=True, kw_only=True)
class SurveyEntry:
    """The questions about one lecture, in the order in which they are asked."""

    lecture: str
    questions: tuple[QuestionEntry, ...]

    def as_json(self) -> dict[str, Any]:
        """For the database: equal for equal surveys, so that an unchanged file makes no new version."""
        return {"lecture": self.lecture, "questions": [question.as_json() for question in self.questions]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "SurveyEntry":
        """What `as_json` gave."""
        questions = tuple(QuestionEntry.from_json(question) for question in stored["questions"])
        return cls(lecture=stored["lecture"], questions=questions)


def read_surveys(folder: Path, *, languages: Sequence[Language], lectures: Collection[str]) -> list[SurveyEntry]:
    """Every survey of the folder by file name, each about another lecture; `common.toml` holds what they share."""
    if not folder.is_dir():
        raise ContentError(folder, 1, "is not a folder")
    common: dict[str, QuestionEntry] = {}
    if (folder / COMMON).exists():
        file = read_toml(folder / COMMON, languages=languages)
        file.allow("question")
        common = {question.code: question for question in _questions(file, common={})}
    surveys: dict[str, SurveyEntry] = {}
    files: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name == COMMON:
            continue
        file = read_toml(path, languages=languages)
        file.allow("lecture", "question")
        lecture = file["lecture"].choice(lectures)
        if lecture in surveys:
            raise file["lecture"].error(f"the survey of '{lecture}' is already in {files[lecture]}")
        surveys[lecture] = SurveyEntry(lecture=lecture, questions=_questions(file, common=common))
        files[lecture] = path.name
    return list(surveys.values())


def _questions(file: Node, *, common: Mapping[str, QuestionEntry]) -> tuple[QuestionEntry, ...]:
    nodes = file["question"].items(least=1)
    refuse_doubles(node["use"] if "use" in node else node["code"] for node in nodes)
    return tuple(_used(node, common=common) if "use" in node else _question(node) for node in nodes)


def _used(node: Node, *, common: Mapping[str, QuestionEntry]) -> QuestionEntry:
    node.allow("use")
    return common[node["use"].choice(common)]


def _question(node: Node) -> QuestionEntry:
    kind = Kind(node["kind"].choice(list(Kind)))
    node.allow(*KEYS[kind])
    is_scale = kind is Kind.SCALE
    options = _options(node["options"]) if "options" in KEYS[kind] else ()
    return QuestionEntry(
        code=node["code"].code(),
        kind=kind,
        required=node["required"].flag(),
        text=node["text"].texts(),
        hint=node["hint"].texts() if "hint" in node else None,
        steps=node["steps"].whole(least=STEPS[0], most=STEPS[-1]) if is_scale else None,
        low=node["low"].texts() if is_scale else None,
        high=node["high"].texts() if is_scale else None,
        options=options,
        at_most=node["at_most"].whole(least=2, most=len(options)) if "at_most" in node else None,
        max_length=node["max_length"].whole(least=1, most=LONGEST_ANSWER) if "max_length" in node else None,
    )


def _options(options: Node) -> tuple[OptionEntry, ...]:
    nodes = options.items(least=FEWEST_OPTIONS)
    refuse_doubles(node["code"] for node in nodes)
    return tuple(_option(node) for node in nodes)


def _option(node: Node) -> OptionEntry:
    node.allow("code", "text")
    return OptionEntry(code=node["code"].code(), text=node["text"].texts())

"""Every step that is written into the record of steps can be read by a person."""

import ast
import re
from itertools import product
from types import SimpleNamespace

import pytest

from courses.captions.rules import CaptionKind
from lms.app import TASKS
from lms.kernel.i18n import reading_in
from lms.memoranda.rules import State
from tests.processes import ROOT

STEP = re.compile(r"([a-z_]+)\.[a-z_]+")
# Steps whose names are put together, and what they are put together of.
COMPOSED = {
    "f'memorandum.{wanted.value}'": {f"memorandum.{state}" for state in State},
    "f'recording.{caption.kind}_{step}'": {
        f"recording.{kind}_{what}" for kind, what in product(CaptionKind, ("saved", "deleted"))
    }
    | {"recording.captions_drafted"},
}
FACTS = {
    "participation": "learn",
    "experienced": True,
    "route": "course",
    "rule_year": 2026,
    "year": 2026,
    "service": "letter",
    "signing": "signed",
    "number": 1,
    "yen": 110,
    "envelopes": 2,
    "rows": 3,
    "first": "2026-04-01",
    "last": "2026-04-30",
}


def trees() -> list[ast.Module]:
    """Every module that writes steps down."""
    files = [path for folder in ("lms", "courses", "surveys") for path in (ROOT / folder).rglob("*.py")]
    return [ast.parse(text) for path in files if "import record" in (text := path.read_text())]


def calls_of(tree: ast.Module) -> list[ast.expr]:
    """What each call of `record` names as its step."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call.args[1] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "record"]


def steps() -> set[str]:
    """The names of all steps: as they stand, handed on inside a module, or put together."""
    told = [(tree, calls_of(tree)) for tree in trees()]
    plain = {name.value for _, names in told for name in names if isinstance(name, ast.Constant)}
    kinds = {name.partition(".")[0] for name in plain}
    handed_on = {
        node.value
        for tree, names in told
        if any(isinstance(name, ast.Name) for name in names)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if (found := STEP.fullmatch(node.value)) and found[1] in kinds and node.value not in TASKS
    }
    composed = [ast.unparse(name) for _, names in told for name in names if isinstance(name, ast.JoinedStr)]
    return plain | handed_on | {step for name in composed for step in COMPOSED[name]}


def test_the_walk_finds_what_is_recorded():
    assert steps() >= {"memorandum.posted", "batch.cancelled", "recording.captions_drafted", "note.written"}


@pytest.mark.parametrize("step", sorted(steps()))
def test_every_recorded_step_has_a_sentence(app, step):
    entry = SimpleNamespace(step=step, facts=FACTS, by_id=None)

    with app.test_request_context(), reading_in("en"):
        sentence = str(app.jinja_env.get_template("components/history.html").module.step_sentence(entry)).strip()

    assert sentence.endswith(".")

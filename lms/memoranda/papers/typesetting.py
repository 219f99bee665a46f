"""Papers from data to PDF: each file is set by a process of its own, several at a time."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lms.kernel import resources
from lms.memoranda.papers.fonts import FACES, check_faces

COMPOSITOR = Path(__file__).with_name("compositor.py")
LONGEST_SECONDS = 300
SHOWN = 500


class TypesettingError(Exception):
    """The papers could not be set; the message is typst's own and names no person."""


@cache
def typesetter() -> str:
    """The program and the typefaces that set a paper: others may set the same words a hair's breadth apart."""
    faces = hashlib.sha256()
    for face in FACES:
        faces.update((resources.fonts_dir() / face).read_bytes())
    return f"typst {version('typst')}, faces {faces.hexdigest()[:8]}"


def typeset(main: str, *, sources: Mapping[str, bytes], data: Mapping[str, Any], fonts: Path | None = None) -> bytes:
    """One tagged PDF; the same sources and data make the same bytes.

    Data are never read as typst markup. `fonts` is a folder with all typefaces; papers without them would go out as
    empty boxes, so a missing one raises FileNotFoundError.
    """
    fonts = fonts or resources.fonts_dir()
    check_faces(fonts)
    with tempfile.TemporaryDirectory(prefix="papers-") as folder:
        for name, source in sources.items():
            Path(folder, name).write_bytes(source)
        order = {"main": main, "folder": folder, "fonts": str(fonts), "data": json.dumps(data)}
        done = subprocess.run(  # noqa: S603 – our own file, and nobody's input but on its standard input
            [sys.executable, "-I", str(COMPOSITOR)],
            input=json.dumps(order).encode(),
            capture_output=True,
            check=False,
            timeout=LONGEST_SECONDS,
            env={key: value for key, value in os.environ.items() if not key.startswith("TYPST_")},
        )
    if done.returncode:
        raise TypesettingError(done.stderr.decode(errors="replace").strip()[-SHOWN:] or f"ended with {done.returncode}")
    return done.stdout

"""What the browser fetches by itself: built assets by their hashed names, compressed beforehand, cached for ever."""

import json
import mimetypes
from functools import cache
from typing import cast

from flask import Flask, Response, request, send_file, url_for
from flask.typing import ResponseReturnValue

from lms.kernel.errors import NotFound
from lms.kernel.resources import dist_dir, static_dir
from lms.web.access import public

YEAR = 365 * 24 * 3600
HOUR = 3600
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("image/svg+xml", ".svg")


@cache
def _manifest() -> dict[str, str]:
    return cast("dict[str, str]", json.loads((dist_dir() / "meta.json").read_text()))


def asset(name: str) -> str:
    """The address of a built asset by its source name, such as `site.css`."""
    return url_for("static", path=f"dist/{_manifest()[name]}")


@public
def static(path: str) -> ResponseReturnValue:
    """A file of ours below lms/static, in the smallest form the browser takes."""
    root = static_dir().resolve()
    if "\0" in path:
        raise NotFound("There is no such page.")
    file = (root / path).resolve()
    if not file.is_relative_to(root) or not file.is_file():
        raise NotFound("There is no such page.")
    hashed = path.startswith("dist/")
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    for encoding, suffix in ENCODINGS:
        packed = file.with_name(file.name + suffix)
        if request.accept_encodings[encoding] and packed.is_file():
            return _sent(send_file(packed, mimetype=kind, conditional=True), hashed=hashed, encoding=encoding)
    return _sent(send_file(file, mimetype=kind, conditional=True), hashed=hashed, encoding=None)


def _sent(response: Response, *, hashed: bool, encoding: str | None) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable" if hashed else f"public, max-age={HOUR}"
    response.vary.add("Accept-Encoding")
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response


def init_assets(app: Flask) -> None:
    """Serve lms/static and make `asset()` known to templates."""
    app.add_url_rule("/static/<path:path>", endpoint="static", view_func=static)
    app.jinja_env.globals["asset"] = asset

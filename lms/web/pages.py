"""Rendering pages, and moving from one to the next."""

from io import BytesIO
from urllib.parse import urlsplit

from flask import Response, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from lms.web.context import redrawing

KEY = "token"
"""The part of an address that lets in whoever holds it."""


def page(template: str, *, status: int = 200, **values: object) -> ResponseReturnValue:
    """A rendered template with its status."""
    return render_template(template, **values), 200 if redrawing() else status


def onward(endpoint: str, *, said: str | None = None, **values: object) -> ResponseReturnValue:
    """After something was done: on to the next page (303), with a sentence saying what was done."""
    if said:
        flash(said, "good")
    return redirect(url_for(endpoint, **values), code=303)  # type: ignore[arg-type]


def pdf(content: bytes, name: str) -> Response:
    """A PDF in the browser, under a name. Names and addresses stand in it: no cache may keep it."""
    answer = send_file(BytesIO(content), mimetype="application/pdf", download_name=name, max_age=0)
    answer.cache_control.no_store = True
    return answer


def page_here() -> str:
    """The page somebody is reading, to come back to it; where a form was sent to can often not be opened."""
    return next(filter(can_be_opened, (request.path, urlsplit(request.referrer or "").path)), "/")


def can_be_opened(path: str | None) -> bool:
    """Whether this is the address of a page of ours, and no secret."""
    adapter = current_app.create_url_adapter(request)
    try:
        return bool(path and adapter) and KEY not in adapter.match(path, method="GET")[1]  # type: ignore[union-attr]
    except HTTPException:
        return False

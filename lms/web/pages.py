"""Rendering pages, and moving from one to the next."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.web.context import redrawing


def page(template: str, *, status: int = 200, **values: object) -> ResponseReturnValue:
    """A rendered template with its status."""
    return render_template(template, **values), 200 if redrawing() else status


def onward(endpoint: str, *, said: str | None = None, **values: object) -> ResponseReturnValue:
    """After something was done: on to the next page (303), with a sentence saying what was done."""
    if said:
        flash(said, "good")
    return redirect(url_for(endpoint, **values), code=303)  # type: ignore[arg-type]

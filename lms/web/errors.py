"""Refusals become pages: one table from the family to statuses, one friendly page with a reference, logged once."""

from flask import Flask, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from lms.kernel.errors import Conflict, DomainError, Invalid, NotFound, Refused
from lms.kernel.i18n import gettext
from lms.web.context import session
from lms.web.security import request_id

STATUS: dict[type[DomainError], int] = {NotFound: 404, Conflict: 409, Refused: 403, Invalid: 422}


def said(error: DomainError) -> str:
    """The sentence of a refusal in the reader's language."""
    return gettext(error.message, **error.params)


def wants_json() -> bool:
    """Whether the caller is one of our scripts and not a person waiting for a page."""
    return request.accept_mimetypes.best == "application/json" or request.is_json


def is_broken() -> bool:
    """Whether this request has failed on our side; its page then asks the database nothing more."""
    return bool(g.get("broken"))


def error_page(status: int, sentence: str) -> ResponseReturnValue:
    """The friendly page, or the same sentence as JSON for a script."""
    if wants_json():
        return jsonify(error=sentence, reference=request_id()), status
    return render_template("errors/error.html", status=status, sentence=sentence, reference=request_id()), status


def init_errors(app: Flask) -> None:
    """Give every refusal and every fault its page; Flask itself logs a fault, once, with the request's reference."""

    @app.errorhandler(DomainError)
    def refused(error: DomainError) -> ResponseReturnValue:
        return error_page(STATUS[type(error)], said(error))

    @app.errorhandler(StaleDataError)
    def overtaken(_: StaleDataError) -> ResponseReturnValue:
        session().rollback()
        return error_page(
            409, gettext("Somebody else changed this a moment ago. Look at it again and repeat what you did.")
        )

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status < 400:
            return error
        g.broken = status >= 500
        return error_page(status, _sentence(status))


def _sentence(status: int) -> str:
    sentences = {
        400: gettext("The site did not understand what the browser sent. Go back and try again."),
        401: gettext("Please sign in again. What you typed is kept on this device."),
        403: gettext("The site did not accept this because it came from another site. Go back and try again."),
        404: gettext("There is no such page."),
        405: gettext("This address cannot be opened that way. Go back and try again."),
        413: gettext("That is too large to send."),
    }
    broken = gettext("Something went wrong on our side. Nothing you had saved is lost. Please try again in a moment.")
    return sentences.get(status, broken)

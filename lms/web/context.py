"""What a request has at hand: the house's parts, one session, one moment."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from flask import Flask, Response, current_app, g, request
from flask import session as cookie
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from sqlalchemy.orm import Session

from lms.kernel import clock
from lms.kernel.db import Database
from lms.kernel.mail import Transport
from lms.kernel.settings import Settings
from lms.kernel.storage import Storage

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True)
class House:
    """The parts of a running site that are not Flask's."""

    settings: Settings
    database: Database
    storage: Storage
    transport: Transport
    secret_key: str


def house() -> House:
    """The parts of this site."""
    return cast("House", current_app.extensions["house"])


def session() -> Session:
    """The request's one session. Asking writes only if the method may; it is committed at the edge, once."""
    if "session" not in g:
        g.session = house().database.session(write=request.method not in SAFE_METHODS)
    return cast("Session", g.session)


def now() -> datetime:
    """The moment of this request; the same for everything it does."""
    if "now" not in g:
        g.now = clock.now()
    return cast("datetime", g.now)


def today() -> date:
    """The day in Tokyo."""
    return clock.tokyo_day(now())


def redrawing() -> bool:
    """Whether a form was sent only to be shown again, in the language just chosen; nothing it asks for is done."""
    return bool(g.get("redrawing"))


def keep_nowhere() -> None:
    """Say that this answer holds a password: no cache may keep it."""
    g.keep_nowhere = True


def is_kept_nowhere() -> bool:
    """Whether this answer may not be kept."""
    return bool(g.get("keep_nowhere"))


class Sessions(SecureCookieSessionInterface):
    """The signed cookie, without which a browser finds again the page that a form gave.

    The answer to a form is private and kept only for the Back button, which must find it whatever the cookie is by
    then: it changes with the language, or after a sentence was shown.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set the cookie."""
        super().save_session(app, session, response)
        if request.method not in SAFE_METHODS:
            response.vary.discard("cookie")  # werkzeug finds a name in a list of several only in lower case


def init_context(app: Flask, parts: House) -> None:
    """One commit at the edge: an answer below 400 keeps what was written, everything else leaves no trace."""
    app.extensions["house"] = parts
    app.session_interface = Sessions()

    @app.before_request
    def remember_cookie() -> None:
        g.cookie_before = dict(cookie)

    @app.after_request
    def commit(response: Response) -> Response:
        if "session" in g and request.method not in SAFE_METHODS and response.status_code < 400 and not redrawing():
            try:
                g.session.commit()
            except Exception:
                # Whoever was to be signed in does not exist: the cookie must not name an id that another will get.
                cookie.clear()
                cookie.update(g.cookie_before)
                raise
        return response

    @app.teardown_request
    def close(_: BaseException | None) -> None:
        if "session" in g:
            g.pop("session").close()

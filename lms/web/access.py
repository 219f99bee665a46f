"""Who may call a view: every view carries exactly one mark, a view without one cannot be called.

The only module that imports Flask-Login, which ships no types.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

import flask_login
from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.kernel.errors import NotFound
from lms.kernel.identity import Role, SupporterId

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class Person(Protocol):
    """What the edge knows of whoever is signed in."""

    id: SupporterId
    role: Role
    locale: str
    display_name: str


def _mark(view: View, access: str) -> View:
    if hasattr(view, "access"):
        raise TypeError(f"{view.__name__} has two access marks")
    view.access = access  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Anybody may call it."""
    return _mark(view, "public")


def signed_in(view: View) -> View:
    """Only a signed-in person may call it; others are sent to sign in and come back."""
    return _mark(view, "signed_in")


def secretariat_only(view: View) -> View:
    """Only the secretariat may call it; for everybody else it does not exist."""
    return _mark(view, "secretariat")


def signed_request(view: View) -> View:
    """The request itself carries a signature that the view checks; nobody is looked up in the database before."""
    return _mark(view, "signed_request")


def current_person() -> Person | None:
    """Whoever is signed in, or None."""
    person = flask_login.current_user
    return cast("Person", person) if person.is_authenticated else None


def is_secretariat() -> bool:
    """Whether whoever is signed in works at the desk."""
    person = current_person()
    return person is not None and person.role is Role.SECRETARIAT


def me() -> SupporterId:
    """The signed-in person's id; only for views that need one."""
    person = current_person()
    if person is None:
        abort(401)
    return person.id


def sign_in(person: Person) -> None:
    """Begin a signed-in session that lasts after the browser is closed."""
    flask_login.login_user(person, remember=True)


def sign_out() -> None:
    """End the session on this browser."""
    flask_login.logout_user()


def signed_in_id() -> SupporterId | None:
    """The id in the signed cookie, without asking the database."""
    number = flask_login.utils.session.get("_user_id")
    return SupporterId(int(number)) if number else None


def init_access(app: Flask, *, load: Callable[[SupporterId], Person | None]) -> None:
    """Check the mark before every view; `load` finds the person of a cookie."""
    # Templates get `person`; Flask-Login's own value would ask the database on a page that says the database is down.
    manager = flask_login.LoginManager(app, add_context_processor=False)
    manager.user_loader(lambda number: load(SupporterId(int(number))))

    @app.before_request
    def check_mark() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        access = getattr(current_app.view_functions[request.endpoint], "access", None)
        if access in {"public", "signed_request"}:
            return None
        person = current_person()
        if person is None:
            if request.method != "GET" or request.accept_mimetypes.best == "application/json":
                abort(401)
            return redirect(url_for("supporters.sign_in", next=request.full_path.rstrip("?")))
        if access == "signed_in" or (access == "secretariat" and person.role is Role.SECRETARIAT):
            return None
        raise NotFound("There is no such page.")


def access_of(view: Callable[..., Any]) -> str | None:
    """The mark of a view, for the test that reads them all."""
    return getattr(view, "access", None)

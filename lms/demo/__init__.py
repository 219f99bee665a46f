"""The demo: fictitious people, nine short recordings, a programme that is open today, and a page to read mails."""

from datetime import datetime
from pathlib import Path

from flask import Flask

from lms.demo import captions, jobs, people, views
from lms.kernel.work import Task
from lms.web.context import House

FOLDER = Path(__file__).parent
PROGRAMMES = tuple(sorted((FOLDER / "content" / "programmes").glob("*.toml")))
ORGANISATION = FOLDER / "content" / "organisation.toml"
TASKS: dict[str, Task] = {jobs.MAKE: jobs.make_recording}


def install(app: Flask) -> None:
    """The demo's own pages."""
    app.register_blueprint(views.bp)
    app.jinja_env.globals["demo_accounts"] = people.ACCOUNTS
    app.jinja_env.globals["demo_password"] = people.PASSWORD


def fill(house: House, *, now: datetime) -> None:
    """People, and recordings owed to the worker; again changes nothing, and half of it is never there."""
    with house.database.write() as session:
        people.fill(session, house=house, now=now)
        jobs.owe_recordings(session, now=now)
        captions.add_missing(session, now=now)

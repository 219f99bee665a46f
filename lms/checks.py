"""`lms check`: what is wrong or worth knowing about this site, each with a stable id and a hint."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from courses import loading, programmes, queries
from courses.captions import speech
from courses.programme_file import ProgrammeEntry
from courses.rules import RecordingState
from lms.kernel.clock import now, tokyo_day
from lms.kernel.content import ContentError
from lms.kernel.resources import dist_dir
from lms.kernel.seals import verify
from lms.kernel.work import OwedWork
from lms.memoranda.papers.organisation import organisation_of
from lms.migrations import is_current
from lms.supporters.queries import secretariat_exists
from lms.web.context import House


@dataclass(frozen=True)
class Finding:
    """One finding: E ids keep the site from working, W ids are worth knowing."""

    id: str
    sentence: str
    hint: str

    @property
    def is_error(self) -> bool:
        """Whether the site cannot work like this."""
        return self.id.startswith("E")


def check(house: House) -> list[Finding]:
    """Everything found, errors first."""
    found = [*_outside_the_database(house)]
    if is_current(house.database):
        with house.database.read() as session:
            found += _in_the_database(session)
    else:
        found.append(Finding("E01", "the tables are not of this version", "lms migrate"))
    return sorted(found, key=lambda finding: finding.id)


def _outside_the_database(house: House) -> Iterator[Finding]:
    settings = house.settings
    if not os.access(settings.home, os.W_OK):
        yield Finding("E02", f"{settings.home} cannot be written", "LMS_HOME")
    try:
        house.storage.exists("check")
    except Exception as error:  # noqa: BLE001 – whatever it is that keeps the object store from answering
        yield Finding("E05", f"the place of recordings and letters does not answer: {error}", "LMS_STORAGE_URL, AWS_…")
    if not (dist_dir() / "meta.json").exists():
        yield Finding("E03", "the front end has not been built", "make assets")
    try:
        loading.read_shipped()
        organisation = organisation_of(settings)
    except ContentError as error:
        yield Finding("E04", f"a content file cannot be used: {error}", "mend the file at that line")
    else:
        if not organisation.is_complete:
            yield Finding("W03", "letters have no full sender: postcode, address, representative", "LMS_ORGANISATION")
    if settings.speech_model and (lacking := speech.missing(settings.speech_model)):
        names = ", ".join(lacking)
        yield Finding("W08", f"captions cannot be drafted by machine, for want of {names}", "LMS_SPEECH_MODEL")
    if not settings.smtp_url:
        yield Finding("W01", f"no mail server is set: mails are written to {settings.home / 'outbox'}", "LMS_SMTP_URL")
    if settings.url.startswith("http://") and settings.host not in {"127.0.0.1", "localhost", "::1"}:
        yield Finding("W02", "people reach this site without encryption", "LMS_PUBLIC_URL=https://… behind a proxy")


def check_history(house: House) -> Iterator[Finding]:
    """Whether every step that was sealed is as it was; reads the whole history, so only where somebody asks."""
    if not is_current(house.database):
        return
    with house.database.read() as session:
        verdict = verify(session)
    kept = "compare the table history with a backup of before (docs/operating.md, The history)"
    if verdict.differs is not None:
        yield Finding("E06", f"step {verdict.differs} of the history is not as it was sealed", kept)
    if verdict.broken is not None:
        yield Finding("E06", f"seal {verdict.broken} of the history does not follow from the one before", kept)


def _in_the_database(session: Session) -> Iterator[Finding]:
    if not secretariat_exists(session):
        yield Finding("W04", "nobody can sign in as the secretariat", "lms supporters first-link")
    today = tokyo_day(now())
    if not any(programme.runs_on(today) for programme in queries.programmes(session).values()):
        yield Finding("W05", f"no programme is open on {today}", "begin one on the site, under Programmes")
    shown = {r.lecture_id for r in queries.recordings(session) if r.state is RecordingState.PUBLISHED}
    for lecture in queries.lectures(session):
        if lecture.id not in shown:
            yield Finding("W06", f"lecture {lecture.code} has no recording", f"lms lectures add {lecture.code} FILE")
    for code in programmes.unread_files(session, _programmes_in_files()):
        yield Finding("W09", f"the file of {code} has changed, but people edit it on the site", "change it there")
    given_up = sa.select(sa.func.count()).where(OwedWork.gave_up_at.is_not(None))
    if count := session.scalar(given_up):
        yield Finding("W07", f"{count} pieces of work were given up", "see last_error in the table owed_work")


def _programmes_in_files() -> list[ProgrammeEntry]:
    try:
        return loading.read_shipped()[1]
    except ContentError:  # told as E04
        return []

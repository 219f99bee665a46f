"""The `lms` command: each subcommand parses, calls one thing, says what happened."""

import shutil
import sys
import time
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path

import click
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from courses import loading, queries, services
from courses.models import Recording
from courses.probe import probe
from courses.rules import RecordingState
from courses.streaming import media_secret
from lms import demo, serving
from lms.app import create_app, worker_for
from lms.checks import check as run_checks
from lms.checks import check_history
from lms.demo import jobs
from lms.demo.people import ACCOUNTS, PASSWORD
from lms.kernel import clock
from lms.kernel.content import ContentError
from lms.kernel.crypto import secret_key
from lms.kernel.errors import DomainError
from lms.kernel.identity import parse_network_id
from lms.kernel.languages import LanguageError
from lms.kernel.logging import configure_logging
from lms.kernel.settings import PREFIX, Settings, SettingsError, read_settings
from lms.kernel.work import OwedWork, progress_of
from lms.memoranda.papers import archive, calibration
from lms.memoranda.papers.envelopes import envelopes_of
from lms.migrations import is_current, migrate
from lms.supporters import queries as supporters
from lms.supporters import services as supporter_services
from lms.supporters.views import first_account_url
from lms.web.context import House
from surveys.loading import load_surveys

POLL_SECONDS = 3.0
NEWEST_PAPERS = 100


def main() -> None:
    """Run a subcommand; a refusal is one sentence on standard error and exit code 1."""
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except (SettingsError, ContentError, LanguageError, DomainError, serving.PortInUseError) as error:
        click.echo(f"lms: {error}", err=True)
        sys.exit(1)


@click.group()
@click.pass_context
def cli(context: click.Context) -> None:
    """The site on which volunteers become supporters."""
    context.obj = read_settings()
    configure_logging(context.obj.log_format)


def _app(settings: Settings) -> Flask:
    if not settings.demo:
        return create_app(settings)
    app = create_app(replace(settings, organisation=settings.organisation or demo.ORGANISATION))
    demo.install(app)
    return app


def _house(app: Flask) -> House:
    house: House = app.extensions["house"]
    return house


def _prepare(app: Flask, settings: Settings) -> None:
    """Tables and content of this version; the demo's people too."""
    house = _house(app)
    migrate(house.database)
    taught, programmes = loading.read_shipped(more_programmes=demo.PROGRAMMES if settings.demo else ())
    with house.database.write() as session:
        loading.load(session, taught=taught, programmes=programmes, now=clock.now())
        load_surveys(session, lectures=taught.codes, now=clock.now())
    if settings.demo:
        demo.fill(house, now=clock.now())


@cli.command()
@click.option("--worker/--no-worker", default=True, help="Run a worker beside the web server.")
@click.pass_obj
def serve(settings: Settings, *, worker: bool) -> None:
    """Start the site."""
    sock = serving.listening_socket(settings)
    app = _app(settings)
    if settings.database.startswith("sqlite"):
        _prepare(app, settings)
    elif not is_current(_house(app).database):
        raise click.ClickException("The tables are not of this version. Run: lms migrate")
    serving.serve(app, sock=sock, settings=settings, with_worker=worker, ready=lambda: _say_ready(app, settings))


def _say_ready(app: Flask, settings: Settings) -> None:
    click.echo(f"\n  {settings.site_name} runs at {settings.url}  (stop it with Ctrl-C)\n")
    with app.test_request_context(base_url=settings.url), _house(app).database.read() as session:
        if settings.demo:
            for account in ACCOUNTS:
                click.echo(f"    {account.email:28} {PASSWORD:12} {account.what}")
            click.echo("")
        elif not supporters.secretariat_exists(session):
            click.echo(f"  Make the first secretariat account here (the link works once):\n    {first_account_url()}\n")
    if not settings.demo:
        for finding in run_checks(_house(app)):
            click.echo(f"  {finding.id} {finding.sentence}   (hint: {finding.hint})")
    _say_progress(_house(app))


def _say_progress(house: House) -> None:
    """A line whenever the preparation of recordings has come on, until none is owed."""
    said = ""
    while True:
        with house.database.read() as session:
            done, total = _prepared(session)
        if done == total:
            if said:
                click.echo("  All recordings are ready.")
            return
        line = f"  Recordings being prepared: {done:.1f} of {total}"
        if line != said:
            said = line
            click.echo(line)
        time.sleep(POLL_SECONDS)


def _prepared(session: Session) -> tuple[float, int]:
    """How many recordings are ready, in parts too, and how many there are or will be."""
    recordings = queries.recordings(session)
    owed = progress_of(session, keys=[recording.work_key for recording in recordings])
    shares = [
        owed[recording.work_key].progress / 1000 if recording.state is RecordingState.PREPARING else 1.0
        for recording in recordings
        if recording.work_key in owed
    ]
    to_make = sa.select(sa.func.count(OwedWork.id)).where(
        OwedWork.task == jobs.MAKE, OwedWork.done_at.is_(None), OwedWork.gave_up_at.is_(None)
    )
    return sum(shares), len(shares) + (session.scalar(to_make) or 0)


@cli.command()
@click.option("--until-stdin-closes", is_flag=True, help="End with the process that started this one.")
@click.pass_obj
def work(settings: Settings, *, until_stdin_closes: bool) -> None:
    """Carry out owed work: mails, recordings, letters."""
    app = _app(settings)
    worker = worker_for(app, more=demo.TASKS if settings.demo else None)
    serving.work(worker, until_stdin_closes=until_stdin_closes)


@cli.command(name="migrate")
@click.pass_obj
def migrate_command(settings: Settings) -> None:
    """Bring tables and content to this version."""
    _prepare(_app(settings), settings)
    click.echo("Tables and content are of this version.")


@cli.command()
@click.pass_obj
def check(settings: Settings) -> None:
    """Say what is wrong or worth knowing about this site; exit code 1 if it cannot work."""
    house = _house(_app(settings))
    found = [*run_checks(house), *check_history(house)]
    for finding in found:
        click.echo(f"{finding.id} {finding.sentence}   (hint: {finding.hint})")
    if not found:
        click.echo("Nothing to say.")
    if any(finding.is_error for finding in found):
        sys.exit(1)


@cli.command(name="settings")
def list_settings() -> None:
    """List every setting with its default and its meaning."""
    for setting in fields(Settings):
        click.echo(f"{PREFIX}{setting.name.upper():18} {setting.metadata['help']} [{setting.default or ''}]")


@cli.command(name="nginx-media")
@click.pass_obj
def nginx_media(settings: Settings) -> None:
    """Print what nginx must know to check and send recordings by itself (deploy/nginx/bansou/local/media.conf)."""
    click.echo(f'set $media_folder "{settings.media_folder.resolve()}";')
    click.echo(f'set $media_secret "{media_secret(secret_key(settings))}";')


@cli.group(name="lectures")
def lectures_group() -> None:
    """Lectures and their recordings."""


@lectures_group.command(name="list")
@click.pass_obj
def list_lectures(settings: Settings) -> None:
    """List lectures with the state of their newest recording."""
    with _house(_app(settings)).database.read() as session:
        newest: dict[int, Recording] = {}
        for recording in queries.recordings(session):
            newest.setdefault(recording.lecture_id, recording)
        for lecture in queries.lectures(session):
            found = newest.get(lecture.id)
            state = f"{found.state} (version {found.number}, {found.duration_ms / 1000:.0f} s)" if found else "–"
            click.echo(f"{lecture.code:12} {lecture.titles['ja']}  {state}")


@lectures_group.command(name="add")
@click.argument("code")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def add_recording(settings: Settings, code: str, file: Path) -> None:
    """Take in FILE as the next version of lecture CODE's recording and say how its preparation goes."""
    house = _house(_app(settings))
    seen = probe(file)
    with house.database.read() as reading:
        lecture = queries.lecture(reading, code)
    target = services.new_upload_path(house.storage)
    shutil.copyfile(file, target)
    house.storage.keep(f"uploads/{target.name}")
    with house.database.write() as session:
        recording = services.add_recording(
            session,
            lecture_id=lecture.id,
            source_key=f"uploads/{target.name}",
            file_name=file.name,
            probe=seen,
            by=None,
            now=clock.now(),
        )
    if not seen.has_audio:
        click.echo("The recording has no sound.")
    click.echo(f"Version {recording.number} of {code} is being prepared by the worker.")


@cli.group(name="papers")
def papers_group() -> None:
    """Papers that were posted, and envelopes."""


@papers_group.command(name="verify")
@click.option("--all", "everything", is_flag=True, help="Every paper, not only the newest hundred.")
@click.pass_obj
def verify_papers(settings: Settings, *, everything: bool) -> None:
    """Set archived papers again and compare their bytes; exit code 1 if one cannot be proved."""
    house = _house(_app(settings))
    found: Counter[str] = Counter()
    wrong = False
    with house.database.read() as session:
        for paper in archive.verify(session, storage=house.storage, newest=None if everything else NEWEST_PAPERS):
            found[paper.verdict.value] += 1
            wrong |= not paper.verdict.is_proof
            if paper.verdict is not archive.Verdict.SAME:
                click.echo(f"{paper.number} {paper.kind} {paper.template_version}: {paper.verdict.value}")
    click.echo(", ".join(f"{count} {verdict}" for verdict, count in sorted(found.items())) or "There are no papers.")
    if wrong:
        sys.exit(1)


@papers_group.command(name="calibrate")
@click.argument("envelope")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def calibrate(settings: Settings, envelope: str, file: Path) -> None:
    """Write a sheet to FILE with which the window of ENVELOPE is checked."""
    known = envelopes_of(settings)
    if envelope not in known:
        raise click.ClickException(f"There is no such envelope; known are {', '.join(known)}.")
    file.write_bytes(calibration(known[envelope]))
    click.echo(f"Written to {file}.")


@cli.group(name="supporters")
def supporters_group() -> None:
    """People."""


@supporters_group.command(name="first-link")
@click.pass_obj
def first_link(settings: Settings) -> None:
    """Print the one-time link for the first secretariat account."""
    app = _app(settings)
    with _house(app).database.read() as session:
        if supporters.secretariat_exists(session):
            raise click.ClickException("There is a secretariat account already.")
    with app.test_request_context(base_url=settings.url):
        click.echo(first_account_url())


@supporters_group.command(name="make-secretariat")
@click.argument("network_id")
@click.pass_obj
def make_secretariat(settings: Settings, network_id: str) -> None:
    """Let the person with NETWORK_ID see the secretariat's pages."""
    with _house(_app(settings)).database.write() as session:
        person = supporters.by_sign_in_name(session, parse_network_id(network_id) or network_id)
        if person is None:
            raise click.ClickException("Nobody has this network ID.")
        supporter_services.make_secretariat(session, supporter=person.id, by=None, now=clock.now())
    click.echo("Done.")

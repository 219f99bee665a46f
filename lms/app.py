"""The composition root: the only file that knows every feature."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for
from flask import session as cookie
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

import courses.captions.desk
import courses.captions.jobs
import courses.captions.services
import courses.captions.views
import courses.glossary.views
import courses.jobs
import courses.services
import courses.views.learner
import courses.views.media
import courses.views.staff
import courses.watching.views
import lms.guides.views
import lms.hooks.jobs
import lms.hooks.services
import lms.kernel.seals
import lms.memoranda.batches.jobs
import lms.memoranda.batches.services
import lms.memoranda.batches.views
import lms.memoranda.papers.jobs
import lms.memoranda.papers.views
import lms.memoranda.returns.jobs
import lms.memoranda.returns.services
import lms.memoranda.returns.views
import lms.memoranda.services
import lms.memoranda.views
import lms.qualification.jobs
import lms.qualification.programmes.services
import lms.qualification.programmes.views
import lms.qualification.renewal.views
import lms.qualification.services
import lms.qualification.views
import lms.secretariat.design
import lms.secretariat.failures.views
import lms.secretariat.feed.views
import lms.secretariat.people.jobs
import lms.secretariat.people.services
import lms.secretariat.people.views  # its pages lie on the secretariat's blueprint
import lms.secretariat.queries
import lms.secretariat.reports.views
import lms.secretariat.views
import lms.supporters.finding
import lms.supporters.mail
import lms.supporters.queries
import lms.supporters.views
import lms.wording.views
import surveys.views
from courses.streaming import Delivery, sender_for, signer_for
from courses.words import lecture_label
from lms.kernel import crypto, i18n
from lms.kernel.db import Database
from lms.kernel.identity import Role, SupporterId
from lms.kernel.mail import transport_for
from lms.kernel.resources import templates_dir
from lms.kernel.settings import Settings
from lms.kernel.storage import Linking, storage_for
from lms.kernel.work import Job, Task, Worker
from lms.memoranda.papers.organisation import organisation_of
from lms.memoranda.returns.words import fault_sentence, remedy_sentence
from lms.supporters.models import Supporter
from lms.web import access, assets, compress, errors, filters, security
from lms.web.context import House, house, init_context, redrawing, session
from lms.web.pages import page_here
from lms.web.tables import here_with

BLUEPRINTS = (
    lms.supporters.views.site,
    lms.supporters.views.bp,
    lms.guides.views.bp,
    lms.wording.views.bp,
    lms.wording.views.desk,
    courses.views.learner.bp,
    courses.views.media.bp,
    courses.views.staff.bp,
    courses.glossary.views.bp,
    courses.watching.views.bp,
    courses.watching.views.desk,
    courses.captions.views.bp,
    courses.captions.desk.bp,
    surveys.views.bp,
    lms.qualification.views.bp,
    lms.qualification.views.desk,
    lms.qualification.programmes.views.bp,
    lms.qualification.renewal.views.bp,
    lms.memoranda.views.bp,
    lms.memoranda.papers.views.bp,
    lms.memoranda.batches.views.bp,
    lms.memoranda.returns.views.bp,
    lms.memoranda.returns.views.codes,
    lms.secretariat.views.bp,
    lms.secretariat.failures.views.bp,
    lms.secretariat.feed.views.bp,
    lms.secretariat.reports.views.bp,
    lms.secretariat.design.bp,
)

TASKS: dict[str, Task] = {
    lms.supporters.mail.SEND: lms.supporters.mail.send_mail,
    lms.supporters.mail.SWEEP: lms.supporters.mail.sweep_mails,
    lms.supporters.finding.SWEEP: lms.supporters.finding.sweep,
    lms.secretariat.people.services.CARRY_ON: lms.secretariat.people.jobs.carry_on,
    lms.secretariat.people.services.FORGET: lms.secretariat.people.jobs.forget_plans,
    courses.services.TRANSCODE: courses.jobs.transcode_recording,
    courses.jobs.SWEEP: courses.jobs.sweep_recordings,
    courses.captions.services.HEAR: courses.captions.jobs.hear,
    courses.captions.jobs.SWEEP: courses.captions.jobs.sweep,
    lms.kernel.seals.SEAL: lms.kernel.seals.seal_history,
    lms.hooks.services.DELIVER: lms.hooks.jobs.deliver,
    lms.hooks.jobs.SWEEP: lms.hooks.jobs.sweep,
    lms.memoranda.services.RENDER: lms.memoranda.papers.jobs.render_pack,
    lms.memoranda.batches.services.PAPERS: lms.memoranda.batches.jobs.papers,
    lms.memoranda.returns.services.RENDER: lms.memoranda.returns.jobs.render_letter,
    lms.memoranda.returns.jobs.REMIND: lms.memoranda.returns.jobs.remind,
    lms.qualification.jobs.SWEEP: lms.qualification.jobs.sweep,
    lms.qualification.services.REMIND: lms.qualification.jobs.remind,
    lms.qualification.programmes.services.SETTLE: lms.qualification.jobs.settle_portion,
}
DAILY = (
    lms.supporters.mail.SWEEP,
    lms.supporters.finding.SWEEP,
    lms.secretariat.people.services.FORGET,
    courses.jobs.SWEEP,
    courses.captions.jobs.SWEEP,
    lms.qualification.jobs.SWEEP,
    lms.memoranda.returns.jobs.REMIND,
    lms.kernel.seals.SEAL,
    lms.hooks.jobs.SWEEP,
)

COOKIE_YEAR = 365 * 24 * 3600
# What a form or a report may weigh; uploads say their own limit.
FORM_BYTES = 2 * 10**6
MOST_INT = 2**31 - 1


class RowNumber(IntegerConverter):
    """A number in an address that a database column can hold; a larger one is no page of ours."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:  # noqa: A002 – werkzeug's name
        super().__init__(map, *args, **{"max": MOST_INT} | kwargs)


@dataclass(frozen=True)
class NavItem:
    """A link of the navigation; `waiting` is how many things wait behind it. One with `below` only opens to those."""

    label: str
    url: str
    current: bool
    waiting: int = 0
    below: tuple["NavItem", ...] = ()


def create_app(settings: Settings) -> Flask:
    """The whole site for these settings. Starts nothing and asks the database nothing."""
    i18n.open_languages(settings.translations)
    app = Flask("lms", template_folder=str(templates_dir()), static_folder=None)
    parts = house_for(settings)
    secure = settings.url.startswith("https://")
    app.config.update(
        SECRET_KEY=parts.secret_key,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=secure,
        REMEMBER_COOKIE_HTTPONLY=True,
        PERMANENT_SESSION_LIFETIME=COOKIE_YEAR,
        MAX_CONTENT_LENGTH=FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
    )
    app.url_map.converters["int"] = RowNumber
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # Order matters: before_request runs in this order, after_request in reverse.
    origin = parts.storage.origin if isinstance(parts.storage, Linking) else ""
    compress.init_compression(app)
    security.init_security(app, media_origin=origin)
    init_context(app, parts)
    i18n.init_languages(app, locale_selector=_locale, furigana_selector=_furigana)
    access.init_access(app, load=_load_person)
    assets.init_assets(app)
    filters.init_filters(app)
    errors.init_errors(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.context_processor(_page_values)
    app.jinja_env.globals.update(
        lecture_label=lecture_label,
        organisation=organisation_of(settings),
        here_with=here_with,
        fault_sentence=fault_sentence,
        remedy_sentence=remedy_sentence,
    )
    if settings.proxies:
        n = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    app.wsgi_app = Delivery(  # type: ignore[method-assign]
        app.wsgi_app,
        signer=signer_for(settings.media, secret_key=parts.secret_key),
        send=sender_for(settings.media, parts.storage),
    )
    return app


def house_for(settings: Settings) -> House:
    """The parts that are not Flask's: database, storage, mail, keys."""
    settings.home.mkdir(parents=True, exist_ok=True)
    crypto.open_keyring(settings)
    lms.hooks.services.open_hooks(settings)
    return House(
        settings=settings,
        database=Database(settings.database),
        storage=storage_for(settings),
        transport=transport_for(settings),
        secret_key=crypto.secret_key(settings),
    )


def worker_for(app: Flask, *, more: dict[str, Task] | None = None) -> Worker:
    """A worker that carries out this site's owed work; `more` are tasks of the demo."""
    parts: House = app.extensions["house"]
    tasks = {name: _in_context(app, task) for name, task in (TASKS | (more or {})).items()}
    return Worker(parts.database, tasks=tasks, daily=DAILY, lease_seconds=parts.settings.lease_seconds)


def _in_context(app: Flask, task: Task) -> Task:
    base_url = app.extensions["house"].settings.url

    def run(job: Job) -> None:
        with app.test_request_context(base_url=base_url):  # mails need addresses, and sentences a language
            task(job)

    return run


def _load_person(supporter: SupporterId) -> Supporter | None:
    # Not the request's own session: that one may hold the write lock, which nobody should wait for to be recognised.
    with house().database.read() as reading:
        return lms.supporters.queries.person_of(reading, supporter)


def _locale() -> str:
    chosen = cookie.get("locale")
    if i18n.is_offered(chosen):
        return str(chosen)
    unasked = errors.is_broken() or request.endpoint in {None, "media.file", "static"}
    person = None if unasked else access.current_person()
    return i18n.known(person.locale) if person else i18n.best_match(request.accept_languages.values())


def _furigana() -> bool | None:
    chosen = cookie.get("furigana")
    return chosen if isinstance(chosen, bool) else None


def _page_values() -> dict[str, object]:
    settings, language = house().settings, i18n.current_language()
    person = None if errors.is_broken() else access.current_person()
    return {
        "languages": i18n.offered(),
        "language": language,
        "furigana": i18n.shows_furigana(),
        "page_lang": language.tag,
        "page_dir": i18n.babel_locale().text_direction,
        "site_name": settings.site_name,
        "demo": settings.demo,
        "person": person,
        "page_here": page_here(),
        "redrawn": redrawing(),
        "navigation": _navigation(person),
    }


def _navigation(person: access.Person | None) -> list[NavItem]:
    if person is None:
        return []
    _ = i18n.gettext
    if person.role is Role.SECRETARIAT:
        waits = lms.secretariat.queries.waiting(session())
        return [
            _item(_("Today"), "secretariat.overview"),
            _item(_("Responses"), "review.responses_waiting", waits.to_read + waits.experience),
            _item(_("Memoranda"), "memoranda.memoranda", waits.papers, blueprint="returns"),
            _item(_("People"), "secretariat.people"),
            _more(
                _item(_("Lectures"), "recordings.lectures", blueprint="caption_desk"),
                _item(_("Programmes"), "programmes.all_programmes"),
                _item(_("Reports"), "reports.month", blueprint="feed"),
            ),
        ]
    return [
        _item(_("My training"), "qualification.my_training"),
        _item(_("Lectures"), "courses.lectures"),
    ]


def _more(*items: NavItem) -> NavItem:
    """What is needed once a month: behind one word, so that the daily places fit one line in every language."""
    return NavItem(i18n.pgettext("navigation", "More"), "", current=any(item.current for item in items), below=items)


def _item(label: str, endpoint: str, waiting: int = 0, *, blueprint: str = "") -> NavItem:
    url = url_for(endpoint)
    # Every page of the desk lies below its overview; only the overview itself is meant there.
    below = request.path.startswith(url + "/") and endpoint != "secretariat.overview"
    inside = request.path == url or below or request.blueprint == blueprint
    return NavItem(label, url, current=inside, waiting=waiting)

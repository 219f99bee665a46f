"""Pages for coming in: registration, sign-in, language, the first secretariat account."""

from typing import cast
from urllib.parse import urlencode

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from lms.kernel.errors import Conflict, NotFound
from lms.kernel.i18n import current_language, gettext
from lms.kernel.identity import Role
from lms.supporters import language, queries, services
from lms.supporters.forms import AccountForm, RegistrationForm, SignInForm
from lms.supporters.models import Supporter
from lms.supporters.rules import Participation
from lms.web import access
from lms.web.access import public
from lms.web.context import house, now, session
from lms.web.errors import said
from lms.web.pages import onward, page
from lms.web.security import local_target

bp = Blueprint("supporters", __name__)
site = Blueprint("site", __name__)
site.before_app_request(language.choose_while_typing)

FIRST_ACCOUNT_SECONDS = 7 * 24 * 3600


@site.get("/")
@public
def home() -> ResponseReturnValue:
    """Signed-in people land where their work is; everybody else reads what this is."""
    person = access.current_person()
    if person is None:
        return page("supporters/home.html")
    return redirect(url_for("secretariat.overview" if person.role is Role.SECRETARIAT else "qualification.my_training"))


@site.get("/health")
@public
def health() -> ResponseReturnValue:
    """For a load balancer: the site and its database answer."""
    queries.secretariat_exists(session())
    return {"ok": True}


@site.post("/language")
@public
def choose_language() -> ResponseReturnValue:
    """Change the language of every page, or its furigana; back to the page one was on, with the words of its search."""
    language.choose()
    target = local_target(request.values.get("next")) or url_for("site.home")
    words = [(name, word) for name, word in request.form.items() if name not in language.OWN and word]
    return redirect(f"{target}?{urlencode(words)}" if words else target, code=303)


@bp.get("/register")
@public
def register() -> ResponseReturnValue:
    """The registration form; whoever is signed in needs none."""
    if access.current_person() is not None:
        return redirect(url_for("site.home"))
    return page("supporters/register.html", form=RegistrationForm())


@bp.post("/register")
@public
def submit_registration() -> ResponseReturnValue:
    """A new supporter, signed in at once."""
    form = cast("RegistrationForm", RegistrationForm.of_request())
    if not form.validate():
        return page("supporters/register.html", form=form, status=422)
    participation = Participation(form.participation.data)
    try:
        person = services.register(
            session(),
            details=form.registration(locale=current_language().code, participation=participation),
            now=now(),
        )
    except Conflict as error:
        form.refuse("email", said(error))
        return page("supporters/register.html", form=form, status=422)
    return _come_in(person, "supporters.registered")


@bp.get("/registered")
@access.signed_in
def registered() -> ResponseReturnValue:
    """The receipt: the network ID, and what comes next."""
    return page("supporters/registered.html", supporter=queries.supporter(session(), access.me()))


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """The sign-in form; whoever is signed in goes on at once."""
    target = local_target(request.args.get("next"))
    if access.current_person() is not None:
        return redirect(target or url_for("site.home"))
    return page("supporters/sign_in.html", form=SignInForm(), next=target)


@bp.post("/sign-in")
@public
def submit_sign_in() -> ResponseReturnValue:
    """Sign in with e-mail address or network ID, and go where one wanted to go."""
    form, target = cast("SignInForm", SignInForm.of_request()), local_target(request.form.get("next"))
    name, person = form.name.data or "", None
    if form.validate():
        with house().database.read() as reading:  # a password takes its time, and nobody should wait for it
            if services.must_wait(reading, name=name, now=now()):
                form.refuse("password", gettext("Too many tries. Please wait a few minutes and try again."))
                return page("supporters/sign_in.html", form=form, next=target, status=429)
            person = services.authenticate(reading, name=name, password=form.password.data or "")
        if person is None:
            with house().database.write() as counting:  # of its own: a refusal leaves no other trace
                services.note_failure(counting, name=name, now=now())
            form.refuse("password", gettext("The name or the password is not right. Please try again."))
    if person is None:
        return page("supporters/sign_in.html", form=form, next=target, status=422)
    services.forget_failures(session(), name=name)
    access.sign_in(person)
    language.remembered(person)
    return redirect(target or url_for("site.home"), code=303)


@bp.post("/sign-out")
@access.signed_in
def sign_out() -> ResponseReturnValue:
    """Sign out of this browser."""
    access.sign_out()
    language.forget()
    return onward("site.home", said=gettext("You have signed out."))


@bp.get("/first-account/<token>")
@public
def first_account(token: str) -> ResponseReturnValue:
    """The form for the first secretariat account, behind a link that works once."""
    _check_first_account(token)
    return page("supporters/first_account.html", form=AccountForm(), token=token)


@bp.post("/first-account/<token>")
@public
def make_first_account(token: str) -> ResponseReturnValue:
    """Make the first secretariat account and sign in with it."""
    _check_first_account(token)
    form = cast("AccountForm", AccountForm.of_request())
    if not form.validate():
        return page("supporters/first_account.html", form=form, token=token, status=422)
    details = form.registration(locale=current_language().code, participation=Participation.LEARN)
    person = services.make_first_secretariat(session(), details=details, now=now())
    return _come_in(person, "secretariat.overview")


def _come_in(person: Supporter, endpoint: str) -> ResponseReturnValue:
    access.sign_in(person)
    language.remembered(person)
    return onward(endpoint)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(house().secret_key, salt="first-account")


def first_account_url() -> str:
    """The one-time link for the first secretariat account; dead once there is one, or after a week."""
    return house().settings.url + url_for("supporters.first_account", token=_signer().dumps("first"))


def _check_first_account(token: str) -> None:
    try:
        _signer().loads(token, max_age=FIRST_ACCOUNT_SECONDS)
    except BadSignature as error:
        raise NotFound("This link is too old or not complete. Start the site again to get a new one.") from error
    if queries.secretariat_exists(session()):
        raise Conflict("This link has been used. Sign in instead.")

"""What can be done with a supporter: register, confirm, change, let move on."""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from lms.kernel import clock
from lms.kernel.db import insert_once
from lms.kernel.errors import Conflict, Refused
from lms.kernel.history import record
from lms.kernel.i18n import known
from lms.kernel.identity import Role, SupporterId, format_network_id, parse_network_id
from lms.supporters import queries
from lms.supporters.finding import make_findable
from lms.supporters.mail import owe_mail
from lms.supporters.models import SignInFailures, Standing, Supporter
from lms.supporters.passwords import hash_password, is_right
from lms.supporters.rules import Address, Participation, StandingKind, Wish, normal_email, wait_after

ID_TRIES = 20


@dataclass(frozen=True)
class Registration:
    """What the registration form gathers."""

    display_name: str
    name_kana: str
    email: str
    password: str
    participation: Participation
    locale: str


def register(session: Session, *, details: Registration, now: datetime, role: Role = Role.SUPPORTER) -> Supporter:
    """A new supporter with a network ID and an owed welcome mail.

    Raises Conflict if the e-mail address is taken, Invalid if it is none.
    """
    email, password_hash = normal_email(details.email), hash_password(details.password)  # before the write lock
    if queries.email_is_taken(session, email):
        raise Conflict("This e-mail address is registered already. Sign in with it instead.")
    trainee = details.participation is Participation.TRAINEE
    # Trainees read Japanese as a second or third language: where they left the site in Japanese, it becomes easy
    # Japanese.
    locale = "ja@easy" if trainee and details.locale == "ja" else known(details.locale)
    person = _with_free_network_id(
        session,
        email=email,
        password_hash=password_hash,
        display_name=details.display_name,
        name_kana=details.name_kana,
        role=role,
        locale=locale,
        wish=details.participation.wish,
        experience_declared=details.participation is Participation.EXPERIENCED,
        registered_at=now,
    )
    make_findable(person)
    if trainee:
        session.add(Standing(supporter_id=person.id, kind=StandingKind.TRAINEE, since=clock.tokyo_day(now)))
    record(
        session, "supporter.registered", by=person.id, subject=person.id, now=now, participation=details.participation
    )
    owe_mail(session, to=person.id, message="registered", now=now)
    return person


def _with_free_network_id(session: Session, **values: object) -> Supporter:
    for _ in range(ID_TRIES):
        network_id = format_network_id(secrets.randbelow(10**7))
        if insert_once(session, Supporter, network_id=network_id, **values):
            found = queries.by_sign_in_name(session, network_id)
            assert found is not None
            return found
        if queries.email_is_taken(session, str(values["email"])):
            raise Conflict("This e-mail address is registered already. Sign in with it instead.")
    raise Conflict("No free network ID was found. Please try again.")


def authenticate(session: Session, *, name: str, password: str) -> Supporter | None:
    """Whoever has this e-mail address or network ID and this password, else None."""
    person = queries.by_sign_in_name(session, name)
    return person if is_right(password, person.password_hash if person else None) else None


def must_wait(session: Session, *, name: str, now: datetime) -> bool:
    """Whether too many wrong passwords were tried for a name a moment ago."""
    found = session.get(SignInFailures, _name_hash(name))
    return found is not None and now < found.last_at + wait_after(found.failures)


def note_failure(session: Session, *, name: str, now: datetime) -> None:
    """Count a wrong password."""
    key = _name_hash(name)
    if not insert_once(session, SignInFailures, name_hash=key, failures=1, last_at=now):
        counted = update(SignInFailures).where(SignInFailures.name_hash == key)
        session.execute(counted.values(failures=SignInFailures.failures + 1, last_at=now))


def forget_failures(session: Session, *, name: str) -> None:
    """The right password was given."""
    session.execute(delete(SignInFailures).where(SignInFailures.name_hash == _name_hash(name)))


def _name_hash(name: str) -> str:
    same = parse_network_id(name) or unicodedata.normalize("NFKC", name).strip().lower()
    return hashlib.sha256(same.encode()).hexdigest()


def make_first_secretariat(session: Session, *, details: Registration, now: datetime) -> Supporter:
    """The first account that may see the secretariat's pages. Raises Conflict once there is one."""
    if queries.secretariat_exists(session):
        raise Conflict("This link has been used. Sign in instead.")
    return register(session, details=details, role=Role.SECRETARIAT, now=now)


def make_secretariat(session: Session, *, supporter: SupporterId, by: SupporterId | None, now: datetime) -> None:
    """Let a registered person see the secretariat's pages."""
    queries.supporter(session, supporter).role = Role.SECRETARIAT
    record(session, "supporter.made_secretariat", by=by, subject=supporter, now=now)


def choose_language(
    session: Session, *, supporter: SupporterId, locale: str | None = None, furigana: bool | None = None
) -> None:
    """Remember the language somebody reads, or whether kanji carry readings for them; None leaves it as it is."""
    person = queries.supporter(session, supporter)
    if locale is not None:
        person.locale = known(locale)
    if furigana is not None:
        person.furigana = furigana


def change_address(
    session: Session,
    *,
    supporter: SupporterId,
    address: Address,
    phone: str | None,
    now: datetime,
    by: SupporterId | None = None,
) -> None:
    """Where papers are posted from now on, said by themselves unless `by` somebody else.

    History notes that it changed, never what it is.
    """
    person = queries.supporter(session, supporter)
    person.postal_code, person.address = address.postal_code, "\n".join(address.lines)
    person.phone = phone or None
    make_findable(person)
    record(session, "supporter.address_changed", by=by or supporter, subject=supporter, now=now)


def move_on(session: Session, *, supporter: SupporterId, experienced: bool, now: datetime) -> None:
    """A trainee, or somebody who only learned, wishes to accompany people from today: the same rules hold from here."""
    person = queries.supporter(session, supporter)
    if person.wish is Wish.ACCOMPANY:
        raise Conflict("You have already chosen to accompany people.")
    standing = queries.open_standing(session, supporter)
    if standing is not None:
        standing.until = clock.tokyo_day(now)
    person.wish = Wish.ACCOMPANY
    person.experience_declared = experienced
    record(session, "supporter.moved_on", by=supporter, subject=supporter, now=now, experienced=experienced)


def confirm_experience(session: Session, *, supporter: SupporterId, by: SupporterId, now: datetime) -> None:
    """The secretariat has satisfied itself that somebody has accompanied people before; again changes nothing."""
    person = queries.supporter(session, supporter)
    if not person.experience_declared:
        raise Refused("This person has not said that they are experienced.")
    if person.experience_confirmed_at is None:
        person.experience_confirmed_at, person.experience_confirmed_by_id = now, by
        record(session, "supporter.experience_confirmed", by=by, subject=supporter, now=now)

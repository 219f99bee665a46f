"""Questions about supporters."""

import unicodedata

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound
from lms.kernel.identity import Role, SupporterId, parse_network_id
from lms.supporters.models import Standing, Supporter
from lms.supporters.rules import normal_email

# Asked at every request: making the question anew costs more than asking it.
_BY_ID = sa.select(Supporter).where(Supporter.id == sa.bindparam("supporter"))


def person_of(session: Session, supporter_id: SupporterId) -> Supporter | None:
    """Whoever a cookie speaks of, if they are there."""
    return session.scalar(_BY_ID, {"supporter": supporter_id})


def supporter(session: Session, supporter_id: SupporterId) -> Supporter:
    """The supporter of an id. Raises NotFound."""
    found = session.get(Supporter, supporter_id)
    if found is None:
        raise NotFound("There is no such supporter.")
    return found


def by_sign_in_name(session: Session, name: str) -> Supporter | None:
    """Whoever signs in with this e-mail address or network ID."""
    name = unicodedata.normalize("NFKC", name).strip()
    if "@" in name:
        email = name.lower()
        return session.scalar(sa.select(Supporter).where(Supporter.email == email))
    network_id = parse_network_id(name)
    return session.scalar(sa.select(Supporter).where(Supporter.network_id == network_id)) if network_id else None


def email_is_taken(session: Session, email: str) -> bool:
    """Whether somebody registered with this address."""
    return session.scalar(sa.select(Supporter.id).where(Supporter.email == normal_email(email))) is not None


def secretariat_exists(session: Session) -> bool:
    """Whether anybody can sign in as the secretariat."""
    return session.scalar(sa.select(Supporter.id).where(Supporter.role == Role.SECRETARIAT).limit(1)) is not None


def open_standing(session: Session, supporter_id: SupporterId) -> Standing | None:
    """The standing that has begun and not ended."""
    return session.scalar(sa.select(Standing).where(Standing.supporter_id == supporter_id, Standing.until.is_(None)))

"""Tables: supporters, their dated standings, the mails owed to them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Base, Id, Secret, SupporterRef
from lms.kernel.identity import Role, SupporterId
from lms.supporters.rules import Address, StandingKind, Wish


class Supporter(Base):
    """Everybody who registered, the secretariat included. Address and phone number are encrypted at rest.

    `search_text` and `sort_name` are the names as they are compared (lms.supporters.finding), the hashes what an
    encrypted phone number is found by; all of them follow from the rest, and are empty until they have been made.
    """

    __tablename__ = "supporter"
    __table_args__ = (
        sa.CheckConstraint("email = lower(email)", "email_is_lower_case"),
        sa.CheckConstraint(
            "(experience_confirmed_at IS NULL) = (experience_confirmed_by_id IS NULL)", "experience_has_its_judge"
        ),
        sa.CheckConstraint("(postal_code IS NULL) = (address IS NULL)", "address_is_whole"),
        sa.Index("ix_supporter_role_registered_at", "role", "registered_at", "id"),
        sa.Index(
            "ix_supporter_experience_waits",
            "registered_at",
            sqlite_where=sa.text("experience_declared = 1 AND experience_confirmed_at IS NULL"),
            postgresql_where=sa.text("experience_declared AND experience_confirmed_at IS NULL"),
        ),
        sa.Index("ix_supporter_role_sort_name", "role", "sort_name", "id"),
        # Counted for the navigation of every page of the desk.
        sa.Index("ix_supporter_experience", "experience_declared", "experience_confirmed_at", "wish", "registered_at"),
        sa.Index("ix_supporter_phone_hash", "phone_hash"),
        sa.Index("ix_supporter_phone_end_hash", "phone_end_hash"),
    )

    id: Mapped[SupporterId] = mapped_column(primary_key=True)
    network_id: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    display_name: Mapped[str]
    name_kana: Mapped[str]
    role: Mapped[Role]
    locale: Mapped[str]
    furigana: Mapped[bool | None]
    wish: Mapped[Wish]
    experience_declared: Mapped[bool]
    experience_confirmed_at: Mapped[datetime | None]
    experience_confirmed_by_id: Mapped[SupporterId | None] = mapped_column(sa.ForeignKey("supporter.id"))
    postal_code: Mapped[Secret | None]
    address: Mapped[Secret | None]
    phone: Mapped[Secret | None]
    phone_hash: Mapped[str | None]
    phone_end_hash: Mapped[str | None]
    search_text: Mapped[str] = mapped_column(server_default="")
    sort_name: Mapped[str] = mapped_column(server_default="")
    registered_at: Mapped[datetime]

    # What Flask-Login asks of a user; every row that can be loaded may sign in.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """The id as it is kept in the signed cookie."""
        return str(self.id)

    @property
    def postal_address(self) -> Address | None:
        """Where papers go, or None while it is not known."""
        if self.postal_code is None or self.address is None:
            return None
        return Address(self.postal_code, tuple(self.address.splitlines()))


class Standing(Base):
    """A dated standing: trainee from one Tokyo day to another, open while `until` is empty."""

    __tablename__ = "standing"
    __table_args__ = (
        sa.CheckConstraint("until IS NULL OR until >= since", "ends_after_it_began"),
        sa.Index(
            "uq_standing_one_open",
            "supporter_id",
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        ),
    )

    id: Mapped[Id]
    supporter_id: Mapped[SupporterRef]
    kind: Mapped[StandingKind]
    since: Mapped[date]
    until: Mapped[date | None]


class SignInFailures(Base):
    """Wrong passwords in a row for one sign-in name, kept as a hash of the name."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (sa.CheckConstraint("failures > 0", "counts_from_one"),)

    name_hash: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]


class MailFailure(StrEnum):
    """Why a mail did not reach its receiver, as far as we can know."""

    REFUSED = "refused"
    CAME_BACK = "came_back"
    UNSURE = "unsure"


class Mail(Base):
    """A mail owed to a supporter; it is written when it is sent, in the language they read then.

    `key` names what may be told once only. `begun_at` is when the mail server was last spoken to about it; `failure`
    says why it will not be tried again by itself: the server refused the address, it came back later, or the process
    died in the middle of sending what must not be sent twice. `settled_at` is when the secretariat had seen to it.
    """

    __tablename__ = "mail"
    __table_args__ = (
        sa.CheckConstraint("(failed_at IS NULL) = (failure IS NULL)", "failed_says_why"),
        sa.CheckConstraint("settled_at IS NULL OR failed_at IS NOT NULL", "settled_had_failed"),
        sa.UniqueConstraint("key"),
        sa.Index("ix_mail_supporter_id", "supporter_id"),
        sa.Index(
            "ix_mail_failed",
            "failed_at",
            sqlite_where=sa.text("failed_at IS NOT NULL AND settled_at IS NULL"),
            postgresql_where=sa.text("failed_at IS NOT NULL AND settled_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    supporter_id: Mapped[SupporterRef]
    message: Mapped[str]
    key: Mapped[str | None]
    params: Mapped[dict[str, Any]]
    owed_since: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure: Mapped[MailFailure | None]
    called_off_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

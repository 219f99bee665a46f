"""Table: reports of wrong sentences."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Base, Id
from lms.kernel.identity import SupporterId


class WrongSentence(Base):
    """What a reader found wrong: the page, its language, the sentence, and the message of the catalogue it is.

    `message` is the English msgid, None when the sentence is not the catalogue's (a lecture's title, a survey).
    """

    __tablename__ = "wrong_sentence"
    __table_args__ = (
        sa.CheckConstraint("(settled_at IS NULL) = (settled_by_id IS NULL)", "settled_by_somebody"),
        sa.CheckConstraint("sentence <> ''", "names_a_sentence"),
        sa.Index(
            "ix_wrong_sentence_open",
            "reported_at",
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    page: Mapped[str]
    locale: Mapped[str]
    sentence: Mapped[str]
    better: Mapped[str]
    message: Mapped[str | None]
    reported_by_id: Mapped[SupporterId | None] = mapped_column(sa.ForeignKey("supporter.id"))
    reported_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[SupporterId | None] = mapped_column(sa.ForeignKey("supporter.id"))

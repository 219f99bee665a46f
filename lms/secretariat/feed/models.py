"""Table: the secret addresses of the feed."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Base, Id, SupporterRef


class FeedToken(Base):
    """An address of the feed, kept as a hash. Only the newest `number` is good, until it is revoked."""

    __tablename__ = "feed_token"

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(unique=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[SupporterRef]
    revoked_at: Mapped[datetime | None]

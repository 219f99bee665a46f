"""Tables: the papers that were posted as they were, and the texts they were set from."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Base, Id, Secret


class PaperKind(StrEnum):
    """What was posted."""

    PACK = "pack"
    FOLLOW_UP = "follow_up"


class PaperTemplate(Base):
    """Words and layout of one version, zipped, so that its papers can be set again when the words are others."""

    __tablename__ = "paper_template"

    version: Mapped[str] = mapped_column(primary_key=True)
    zipped: Mapped[bytes] = mapped_column(sa.LargeBinary)
    first_used_at: Mapped[datetime]


class ArchivedPaper(Base):
    """A paper of somebody: where its file lies, the hash of its bytes, and all it was set from.

    `data` is JSON with name and address, `typesetter` names the program and the typefaces that set it.
    """

    __tablename__ = "archived_paper"
    __table_args__ = (sa.UniqueConstraint("memorandum_id", "sha256"),)

    id: Mapped[Id]
    memorandum_id: Mapped[int] = mapped_column(sa.ForeignKey("memorandum.id"))
    kind: Mapped[PaperKind]
    template_version: Mapped[str] = mapped_column(sa.ForeignKey("paper_template.version"))
    typesetter: Mapped[str]
    data: Mapped[Secret]
    sha256: Mapped[str]
    storage_key: Mapped[str]
    made_at: Mapped[datetime]

"""The survey files into the database: a changed file makes a new version, an unchanged one nothing."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from lms.kernel.i18n import offered
from surveys.services import load_versions
from surveys.survey_file import read_surveys

CONTENT = Path(__file__).parent / "content"


def load_surveys(session: Session, *, lectures: Collection[str], now: datetime) -> int:
    """Bring surveys to what the shipped files say; how many are new or changed. Raises ContentError."""
    entries = read_surveys(CONTENT, languages=offered(), lectures=lectures)
    return load_versions(session, surveys={entry.lecture: entry.as_json() for entry in entries}, now=now)

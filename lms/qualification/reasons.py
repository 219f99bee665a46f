"""What is missing, in words: the one set of sentences for the learner, the secretariat, reminders and letters (R7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import url_for

from courses.queries import LectureRow
from courses.words import lecture_label
from lms.kernel.i18n import gettext, text_in
from lms.qualification.rules import Missing, Why


@dataclass(frozen=True)
class Reason:
    """One missing thing: the sentence, whether the person can act now, and the page where.

    `lecture` is its code where it is about one.
    """

    why: Why
    lecture: str | None
    sentence: str
    is_theirs: bool
    url: str | None


def reasons(missing: Iterable[Missing], lectures: Iterable[LectureRow], *, external: bool = False) -> list[Reason]:
    """Every missing thing in words and with its link, in the reader's language; `external` links are for mails."""
    rows = {row.code: row for row in lectures}
    return [Reason(m.why, m.lecture, _sentence(m, rows), m.why.is_theirs, _url(m, external)) for m in missing]


def _sentence(missing: Missing, rows: Mapping[str, LectureRow]) -> str:
    row = rows.get(missing.lecture or "")
    lecture = f"{lecture_label(row.series_labels, row.number)} {text_in(row.titles)}" if row else ""
    if missing.why is Why.ADDRESS_MISSING:
        return gettext("The papers cannot be posted, because the address is missing.")
    if missing.why is Why.EXPERIENCE_WAITS:
        return gettext("The secretariat is looking at the experience you wrote about. With it, no course is needed.")
    return _of_a_lecture(missing.why, lecture)


def _of_a_lecture(why: Why, lecture: str) -> str:
    match why:
        case Why.SURVEY_BEGUN:
            return gettext("The survey of %(lecture)s has been begun, but not sent.", lecture=lecture)
        case Why.SURVEY_RETURNED:
            return gettext("The survey of %(lecture)s was returned with a comment.", lecture=lecture)
        case Why.WATCH_MORE:
            return gettext("More of %(lecture)s must be watched before its survey can be answered.", lecture=lecture)
        case Why.NOT_VIEWABLE:
            return gettext("%(lecture)s cannot be watched at present, and its survey is required.", lecture=lecture)
        case Why.SURVEY_WAITS:
            return gettext("The survey of %(lecture)s is being read by the secretariat.", lecture=lecture)
        case _:
            return gettext("The survey of %(lecture)s has not been answered.", lecture=lecture)


def _url(missing: Missing, external: bool) -> str | None:
    match missing.why:
        case Why.SURVEY_MISSING | Why.WATCH_MORE:
            return url_for("courses.lecture", code=missing.lecture, _external=external)
        case Why.SURVEY_BEGUN | Why.SURVEY_RETURNED:
            return url_for("surveys.survey", code=missing.lecture, _external=external)
        case Why.ADDRESS_MISSING:
            return url_for("qualification.address", _external=external)
        case Why.NOT_VIEWABLE | Why.SURVEY_WAITS | Why.EXPERIENCE_WAITS:
            return None

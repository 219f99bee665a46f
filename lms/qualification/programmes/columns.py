"""What a look ahead shows of each person, on the page and as a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from courses import queries as courses
from courses.queries import LectureRow
from lms.kernel.i18n import lazy_gettext as _l
from lms.kernel.i18n import lazy_pgettext
from lms.kernel.identity import SupporterId
from lms.qualification.programmes import queries
from lms.qualification.programmes.rules import Effect, Outcome
from lms.qualification.reasons import reasons
from lms.web.tables import Column

EFFECTS = {
    Effect.GAINS: lazy_pgettext("what a change does", "Qualifies"),
    Effect.PAPERS: lazy_pgettext("what a change does", "Is qualified already, and the papers become due"),
    Effect.LESS: lazy_pgettext("what a change does", "Less is missing than before"),
    Effect.OTHERWISE: lazy_pgettext("what a change does", "The same is missing, for another reason"),
    Effect.MORE: lazy_pgettext("what a change does", "More is missing than before"),
    Effect.KEEPS: lazy_pgettext("what a change does", "Stays qualified, although more would be asked now"),
}


@dataclass(frozen=True)
class OutcomeRow:
    """Somebody to whom a change does something, in words."""

    supporter: SupporterId
    name: str
    network_id: str
    effect: Effect
    day: date
    before: tuple[str, ...]
    after: tuple[str, ...]


COLUMNS: list[Column[OutcomeRow]] = [
    Column("name", _l("Name"), lambda row: row.name),
    Column("network-id", _l("Network ID"), lambda row: row.network_id),
    Column("effect", _l("What changes"), lambda row: str(EFFECTS[row.effect])),
    Column("day", _l("From when"), lambda row: row.day),
    Column("before", _l("Missing by the rules until now"), lambda row: " ".join(row.before)),
    Column("after", _l("Missing by the new rules"), lambda row: " ".join(row.after)),
]


def rows_of(session: Session, outcomes: Sequence[Outcome], *, on: date) -> list[OutcomeRow]:
    """Outcomes with names and sentences in the reader's language. Two queries."""
    if not outcomes:
        return []
    lectures = courses.lecture_rows(session, supporter=SupporterId(0), on=on)
    named = queries.names(session, [outcome.supporter for outcome in outcomes])
    return [_row(outcome, *named[outcome.supporter], lectures=lectures) for outcome in outcomes]


def _row(outcome: Outcome, name: str, network_id: str, *, lectures: Sequence[LectureRow]) -> OutcomeRow:
    return OutcomeRow(
        supporter=outcome.supporter,
        name=name,
        network_id=network_id,
        effect=outcome.effect,
        day=outcome.day,
        before=tuple(reason.sentence for reason in reasons(outcome.before, lectures)),
        after=tuple(reason.sentence for reason in reasons(outcome.after, lectures)),
    )

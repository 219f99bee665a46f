"""Why somebody is not proposed, in words, and the columns of the list in files."""

from lms.kernel.i18n import gettext
from lms.qualification.renewal.queries import Candidate
from lms.qualification.renewal.rules import ACTIVE_FOR_YEARS, WhyNot
from lms.web.tables import Column


def why_not_sentence(why: WhyNot | None) -> str:
    """The one sentence of each reason; None is proposed."""
    sentences = {
        None: gettext("Proposed"),
        WhyNot.NO_LONGER_WISHES: gettext("Does not wish to accompany people now"),
        WhyNot.WITHDRAWN: gettext("The last memorandum was withdrawn"),
        WhyNot.STILL_OPEN: gettext("The last papers are not complete"),
        WhyNot.LONG_AGO: gettext("Has sent no papers back for more than %(years)d years", years=ACTIVE_FOR_YEARS),
    }
    return sentences[why]


def columns() -> list[Column[Candidate]]:
    """Every column, headed in the reader's language."""
    return [
        Column("name", gettext("Name"), lambda row: row.name),
        Column("id", gettext("Network ID"), lambda row: row.network_id),
        Column("last", gettext("Last papers"), lambda row: row.last_year),
        Column("returned", gettext("Day of return"), lambda row: row.returned_on),
        Column("why", gettext("State"), lambda row: why_not_sentence(row.why_not)),
    ]

"""The columns of the list of memoranda, on the page and in files."""

from lms.kernel.i18n import gettext, lazy_pgettext, pgettext
from lms.memoranda.forms import SERVICES
from lms.memoranda.queries import MemorandumRow
from lms.memoranda.rules import State
from lms.web.tables import Column

STATES = {
    State.DUE: lazy_pgettext("memorandum", "To be printed"),
    State.PRINTED: lazy_pgettext("memorandum", "To be posted"),
    State.POSTED: lazy_pgettext("memorandum", "On the way"),
    State.RETURNED: lazy_pgettext("memorandum", "To be checked"),
    State.CHECKED: lazy_pgettext("memorandum", "To be filed"),
    State.COMPLETE: lazy_pgettext("memorandum", "Complete"),
    State.HELD: lazy_pgettext("memorandum", "Held back"),
    State.UNDELIVERABLE: lazy_pgettext("memorandum", "Could not be delivered"),
    State.INCOMPLETE: lazy_pgettext("memorandum", "Something is missing"),
    State.WITHDRAWN: lazy_pgettext("memorandum", "Withdrawn"),
}


def columns() -> list[Column[MemorandumRow]]:
    """Every column, headed in the reader's language."""
    services = dict(SERVICES)
    return [
        Column("number", gettext("Document number"), lambda row: row.number),
        Column("name", gettext("Name"), lambda row: row.supporter_name),
        Column("id", gettext("Network ID"), lambda row: row.network_id),
        Column("state", gettext("State"), lambda row: str(STATES[row.state])),
        Column("due", gettext("Due since"), lambda row: row.due_at),
        Column("batch", gettext("Batch"), lambda row: row.batch_id),
        Column("year", gettext("Fiscal year"), lambda row: row.year, shown=False),
        Column("printed", pgettext("step of a memorandum", "Printed"), lambda row: row.printed_at, shown=False),
        Column("posted", gettext("Day of posting"), lambda row: row.posted_on, shown=False),
        Column(
            "service",
            gettext("Postal service"),
            lambda row: str(services[row.service.value]) if row.service else None,
            shown=False,
        ),
        Column("tracking", gettext("Tracking number"), lambda row: row.tracking, shown=False),
        Column("returned", gettext("Day of return"), lambda row: row.returned_on, shown=False),
        Column("complete", pgettext("memorandum", "Complete"), lambda row: row.completed_at, shown=False),
    ]

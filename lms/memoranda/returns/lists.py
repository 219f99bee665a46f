"""The columns of the list of what does not come back, in files."""

from lms.kernel.i18n import gettext
from lms.memoranda.lists import STATES
from lms.memoranda.returns.queries import Overdue
from lms.web.tables import Column


def columns() -> list[Column[Overdue]]:
    """Every column, headed in the reader's language."""
    return [
        Column("number", gettext("Document number"), lambda row: row.number),
        Column("name", gettext("Name"), lambda row: row.supporter_name),
        Column("state", gettext("State"), lambda row: str(STATES[row.state])),
        Column("phone", gettext("Telephone"), lambda row: row.phone),
        Column("email", gettext("E-mail address"), lambda row: row.email),
        Column("since", gettext("Waiting since"), lambda row: row.waiting_since),
        Column("reminded", gettext("Reminded on"), lambda row: row.reminded_on),
    ]

"""What can be seen of responses in their list and in its file."""

from courses.words import lecture_label
from lms.kernel.clock import tokyo_day
from lms.kernel.i18n import gettext, text_in
from lms.web.tables import Column
from surveys.queries import QueueRow


def columns() -> list[Column[QueueRow]]:
    """Every column in the reader's language."""
    return [
        Column("lecture", gettext("Survey"), _survey),
        Column("name", gettext("Name"), lambda row: row.supporter_name),
        Column("id", gettext("Network ID"), lambda row: row.network_id),
        Column("sent", gettext("Sent"), lambda row: tokyo_day(row.submitted_at)),
    ]


def _survey(row: QueueRow) -> str:
    return f"{lecture_label(row.series_labels, row.lecture_number)} {text_in(row.lecture_titles)}"

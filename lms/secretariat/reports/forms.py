"""What the export for the auditor asks."""

from datetime import date
from typing import Any

from wtforms import BooleanField, DateField
from wtforms.validators import InputRequired, ValidationError

from lms.kernel.clock import fiscal_year
from lms.kernel.i18n import gettext
from lms.kernel.i18n import lazy_gettext as _l
from lms.secretariat.reports.audit import Wanted
from lms.secretariat.reports.periods import Period
from lms.web.forms import BaseForm


class AuditForm(BaseForm):
    """For which days, and whether with names and addresses."""

    first = DateField(_l("First day"), validators=[InputRequired(_l("Enter the first day."))])
    last = DateField(_l("Last day"), validators=[InputRequired(_l("Enter the last day."))])
    names = BooleanField(_l("With names and addresses"))

    @staticmethod
    def usual(on: date) -> dict[str, Any]:
        """The fiscal year so far."""
        return {"first": date(fiscal_year(on), 4, 1), "last": on}

    def validate_last(self, field: DateField) -> None:
        """Called by WTForms."""
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError(gettext("The last day lies before the first."))

    def wanted(self) -> Wanted:
        """The clean values."""
        assert self.first.data is not None
        assert self.last.data is not None
        return Wanted(Period(self.first.data, self.last.data), names=bool(self.names.data))

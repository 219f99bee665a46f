"""Forms of the list of people: whom to look for, and what to do with many of them."""

from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from lms.kernel.i18n import lazy_gettext as _l
from lms.secretariat.people.rules import BulkKind
from lms.web.forms import BaseForm, options

LONGEST_SEARCH = 200
TICKED, ALL = "ticked", "all"

KINDS = (
    (BulkKind.REMIND, _l("Remind them of what is missing")),
    (BulkKind.BATCH, _l("Put papers that are due into a new batch")),
    (BulkKind.HOLD, _l("Hold back papers that are due")),
    (BulkKind.LET_GO, _l("Let go papers that are held back")),
    (BulkKind.CONFIRM, _l("Confirm their experience")),
)


class FindForm(BaseForm):
    """What can be typed; everything that is only chosen is read as it stands in an address."""

    text = StringField(
        _l("Search for somebody"),
        validators=[Length(max=LONGEST_SEARCH, message=_l("Use at most 200 characters."))],
    )
    since = DateField(_l("Registered from"), validators=[Optional()])
    until = DateField(_l("Registered up to"), validators=[Optional()])


class BulkForm(BaseForm):
    """What to do with the people who are ticked, or with all who were found."""

    whom = RadioField(
        _l("With whom?"),
        choices=options([(TICKED, _l("The people I have ticked")), (ALL, _l("All who were found"))]),
        default=TICKED,
    )
    kind = SelectField(
        _l("What shall be done?"),
        choices=options([("", _l("Choose")), *KINDS]),
        validators=[InputRequired(_l("Choose what shall be done."))],
    )
    reason = StringField(
        _l("Reason"),
        description=_l("Only for holding back: a note for the secretariat."),
        validators=[Length(max=LONGEST_SEARCH, message=_l("Use at most 200 characters."))],
    )

    def validate_reason(self, field: StringField) -> None:
        """Papers that are held say why."""
        if self.kind.data == BulkKind.HOLD and not field.data:
            raise ValidationError(_l("Say why the papers are held back."))

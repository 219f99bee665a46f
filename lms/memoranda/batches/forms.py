"""What a batch asks at its steps."""

from wtforms import DateField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.kernel.i18n import lazy_gettext as _l
from lms.kernel.i18n import lazy_pgettext
from lms.memoranda.batches.services import Order
from lms.memoranda.forms import SERVICES
from lms.web.forms import BaseForm, options

MOST_PASTED = 40_000


class NewForm(BaseForm):
    """Everything that is due, in which order."""

    order = RadioField(
        _l("Order of the envelopes"),
        choices=options(
            [
                (Order.POSTCODE.value, lazy_pgettext("order", "By postcode")),
                (Order.DUE.value, lazy_pgettext("order", "By how long they have been due")),
            ]
        ),
        default=Order.POSTCODE.value,
        validators=[InputRequired(_l("Choose an answer."))],
    )


class ReleaseForm(BaseForm):
    """How the envelopes will go; the page offers what the tariff has a price for."""

    service = RadioField(
        _l("Postal service"), choices=options(SERVICES), validators=[InputRequired(_l("Choose a postal service."))]
    )


class PostingForm(BaseForm):
    """When and how all envelopes went out. The number of each envelope is a field of its own, named after its paper."""

    posted_on = DateField(_l("Day of posting"), validators=[InputRequired(_l("Enter the day of posting."))])
    service = SelectField(
        _l("Postal service"), choices=options(SERVICES), validators=[InputRequired(_l("Choose a postal service."))]
    )
    pasted = TextAreaField(
        _l("Paste or scan tracking numbers"),
        validators=[Length(max=MOST_PASTED, message=_l("That is too long. Paste it in two parts."))],
    )
    looked = HiddenField()

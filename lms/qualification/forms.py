"""What the pages of qualification ask."""

from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from lms.kernel.i18n import lazy_gettext as _l
from lms.web.forms import BaseForm, options


class ReturnForm(BaseForm):
    """Why a response goes back to its writer."""

    comment = TextAreaField(
        _l("What is missing?"),
        description=_l("The writer reads this, in a mail too. Write it in their language if you can."),
        render_kw={"rows": 4},
        validators=[
            DataRequired(_l("Write what is missing, so that they know what to do.")),
            Length(max=2000, message=_l("Use at most 2000 characters.")),
        ],
    )


class MoveOnForm(BaseForm):
    """From learning to accompanying."""

    experienced = RadioField(
        _l("Have you accompanied people before?"),
        choices=options([("no", _l("No, I am new to it")), ("yes", _l("Yes, I have done it before"))]),
        validators=[InputRequired(_l("Choose an answer."))],
    )

"""What a note is made of."""

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from lms.kernel.i18n import lazy_gettext as _l
from lms.web.forms import BaseForm


class NoteForm(BaseForm):
    """A note about somebody."""

    text = TextAreaField(
        _l("New note"),
        description=_l("For the secretariat alone: the person never sees it. Write only what you need for the work."),
        render_kw={"rows": 3},
        validators=[
            DataRequired(_l("Write what you want to keep.")),
            Length(max=2000, message=_l("Use at most 2000 characters.")),
        ],
    )

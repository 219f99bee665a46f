"""What a report of a wrong sentence asks."""

from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length

from lms.kernel.i18n import lazy_gettext as _l
from lms.web.forms import BaseForm


class WrongSentenceForm(BaseForm):
    """The sentence as it stands, and if possible as it should."""

    page = HiddenField()
    locale = HiddenField()
    sentence = TextAreaField(
        _l("Which sentence is wrong?"),
        description=_l("Copy it here, or write what you remember of it."),
        render_kw={"rows": 2},
        validators=[
            DataRequired(_l("Write the sentence that is wrong.")),
            Length(max=1000, message=_l("Use at most 1000 characters.")),
        ],
    )
    better = TextAreaField(
        _l("What would be right?"),
        description=_l("If you know. Please write nothing about yourself or others here."),
        render_kw={"rows": 2},
        validators=[Length(max=1000, message=_l("Use at most 1000 characters."))],
    )

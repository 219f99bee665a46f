"""What the paper cycle asks at each step."""

from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from lms.kernel.i18n import lazy_gettext as _l
from lms.kernel.i18n import lazy_pgettext
from lms.memoranda.rules import Service, Signing
from lms.web.forms import BaseForm, options

SERVICES = [
    (Service.LETTER.value, lazy_pgettext("postal service", "Ordinary letter")),
    (Service.RECORDED.value, lazy_pgettext("postal service", "Recorded (特定記録)")),
    (Service.REGISTERED.value, lazy_pgettext("postal service", "Registered (簡易書留)")),
    (Service.LETTER_PACK_LIGHT.value, lazy_pgettext("postal service", "Letter Pack Light")),
    (Service.LETTER_PACK_PLUS.value, lazy_pgettext("postal service", "Letter Pack Plus")),
]


class PostedForm(BaseForm):
    """When and how the envelope went out."""

    posted_on = DateField(_l("Day of posting"), validators=[InputRequired(_l("Enter the day of posting."))])
    service = SelectField(
        _l("Postal service"), choices=options(SERVICES), validators=[InputRequired(_l("Choose a postal service."))]
    )
    tracking = StringField(
        _l("Tracking number"),
        description=_l("If there is one."),
        validators=[Length(max=30, message=_l("Use at most 30 characters."))],
    )


class ReturnedForm(BaseForm):
    """What came back."""

    returned_on = DateField(_l("Day of return"), validators=[InputRequired(_l("Enter the day of return."))])
    signing = RadioField(
        _l("How is the memorandum signed?"),
        choices=options(
            [
                (Signing.SEALED.value, lazy_pgettext("memorandum", "With a seal")),
                (Signing.SIGNED.value, lazy_pgettext("memorandum", "With a signature only")),
            ]
        ),
        validators=[InputRequired(_l("Choose an answer."))],
    )


class CheckedForm(BaseForm):
    """Both sheets, each looked at."""

    memorandum_right = BooleanField(_l("The memorandum is filled in and signed or sealed."))
    bank_form_right = BooleanField(_l("The bank form is filled in and readable."))


def _reason() -> TextAreaField:
    return TextAreaField(
        _l("Why?"),
        description=_l("For the secretariat alone; the supporter never sees it."),
        render_kw={"rows": 2},
        validators=[
            DataRequired(_l("Write why, so that your colleague knows it too.")),
            Length(max=500, message=_l("Use at most 500 characters.")),
        ],
    )


class HoldForm(BaseForm):
    """Why nothing is printed for now."""

    hold_reason = _reason()


class WithdrawForm(BaseForm):
    """Why it will not be concluded."""

    withdraw_reason = _reason()

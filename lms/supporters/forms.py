"""What registration, sign-in and the profile ask."""

from wtforms import BooleanField, EmailField, RadioField, StringField, TelField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from lms.kernel.errors import Invalid
from lms.kernel.i18n import lazy_gettext as _l
from lms.supporters import rules
from lms.supporters.rules import Participation
from lms.supporters.services import Registration
from lms.web.errors import said
from lms.web.forms import BaseForm, Password, options

PARTICIPATIONS = [
    (Participation.INEXPERIENCED.value, _l("I want to accompany people, and I am new to it")),
    (Participation.EXPERIENCED.value, _l("I want to accompany people, and I have done it before")),
    (Participation.TRAINEE.value, _l("I have roots abroad and want to learn first (training)")),
    (Participation.LEARN.value, _l("I only want to learn")),
]


class AccountForm(BaseForm):
    """What every account needs."""

    display_name = StringField(
        _l("Your name"),
        description=_l("As it should stand on letters. Any script; one name is enough."),
        render_kw={"autocomplete": "name"},
        validators=[DataRequired(_l("Enter your name.")), Length(max=120, message=_l("Use at most 120 characters."))],
    )
    name_kana = StringField(
        _l("Reading of your name"),
        description=_l("In katakana, if your name has one. You may leave it empty."),
        validators=[Length(max=120, message=_l("Use at most 120 characters."))],
    )
    email = EmailField(
        _l("E-mail address"),
        description=_l("We send your network ID there."),
        render_kw={"autocomplete": "email", "inputmode": "email"},
        validators=[DataRequired(_l("Enter your e-mail address."))],
    )
    password = Password(
        _l("Password"),
        description=_l("At least 8 characters. A short sentence is good."),
        render_kw={"autocomplete": "new-password"},
        validators=[
            DataRequired(_l("Choose a password.")),
            Length(min=rules.PASSWORD_MIN, message=_l("Use at least 8 characters.")),
            Length(max=200, message=_l("Use at most 200 characters.")),
        ],
    )

    def validate_email(self, field: EmailField) -> None:
        """An address that mail can reach."""
        try:
            rules.normal_email(field.data or "")
        except Invalid as error:
            raise ValidationError(said(error)) from error

    def registration(self, *, locale: str, participation: Participation) -> Registration:
        """The clean value."""
        return Registration(
            display_name=self.display_name.data or "",
            name_kana=self.name_kana.data or "",
            email=self.email.data or "",
            password=self.password.data or "",
            participation=participation,
            locale=locale,
        )


class RegistrationForm(AccountForm):
    """Registration: an account, a way of taking part, and consent."""

    participation = RadioField(
        _l("How would you like to take part?"),
        choices=options(PARTICIPATIONS),
        description=_l("Whoever learns first can decide to accompany people on any later day."),
        validators=[InputRequired(_l("Choose how you would like to take part."))],
    )
    consent = BooleanField(
        _l("I agree that my details are used to run this programme, and for nothing else."),
        validators=[InputRequired(_l("Please agree, or ask us if you have a question."))],
    )


class SignInForm(BaseForm):
    """E-mail address or network ID, and password."""

    name = StringField(
        _l("E-mail address or network ID"),
        render_kw={"autocomplete": "username", "autocapitalize": "none"},
        validators=[DataRequired(_l("Enter your e-mail address or your network ID."))],
    )
    password = Password(
        _l("Password"),
        render_kw={"autocomplete": "current-password"},
        validators=[DataRequired(_l("Enter your password."))],
    )


class AddressForm(BaseForm):
    """Where papers are posted."""

    postal_code = StringField(
        _l("Postcode"),
        description=_l("Seven digits, such as 110-0015."),
        render_kw={"autocomplete": "postal-code", "inputmode": "numeric"},
        validators=[DataRequired(_l("Enter the seven digits of the postcode, such as 110-0015."))],
    )
    address = TextAreaField(
        _l("Address"),
        description=_l("In Japanese if you can, with the building and room number. At most three lines."),
        render_kw={"autocomplete": "street-address", "rows": 3},
        validators=[
            DataRequired(_l("Enter the address, with the building and room number.")),
            Length(max=300, message=_l("Use at most 300 characters.")),
        ],
    )
    phone = TelField(
        _l("Telephone"),
        description=_l("Only if we may call you about the papers."),
        render_kw={"autocomplete": "tel"},
        validators=[Length(max=30, message=_l("Use at most 30 characters."))],
    )

    def validate_postal_code(self, field: StringField) -> None:
        """Seven digits in any spelling."""
        try:
            rules.normal_postal_code(field.data or "")
        except Invalid as error:
            raise ValidationError(said(error)) from error

    def validate_address(self, field: TextAreaField) -> None:
        """At most three lines."""
        try:
            rules.address_of("0000000", field.data or "")
        except Invalid as error:
            raise ValidationError(said(error)) from error

    def value(self) -> rules.Address:
        """The clean value."""
        return rules.address_of(self.postal_code.data or "", self.address.data or "")

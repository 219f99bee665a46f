"""What the pages of what came back ask."""

from wtforms import BooleanField, DateField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from lms.kernel.i18n import gettext, lazy_pgettext
from lms.kernel.i18n import lazy_gettext as _l
from lms.memoranda.rules import Fault, Signing
from lms.web.forms import BaseForm, options
from surveys.questions import CheckboxesField

UNSIGNED, ABSENT = "unsigned", "absent"
OF_MEMORANDUM = (
    (Fault.MEMORANDUM_NOT_DATED.value, _l("The date is missing.")),
    (Fault.MEMORANDUM_DAMAGED.value, _l("It is damaged and cannot be read everywhere.")),
)
OF_BANK_FORM = (
    (Fault.BANK_FORM_NOT_SIGNED.value, _l("It has neither a signature nor a seal.")),
    (Fault.ACCOUNT_UNREADABLE.value, _l("The account cannot be read.")),
    (Fault.ACCOUNT_INCOMPLETE.value, _l("Something is missing: bank, branch, kind of account, number or holder.")),
    (Fault.HOLDER_DIFFERS.value, _l("The holder has another name than the supporter.")),
)
NOT_SIGNED = (Fault.MEMORANDUM_NOT_SIGNED.value, _l("It has neither a signature nor a seal."))


def note_field() -> TextAreaField:
    """What the supporter reads besides the sentences for each fault."""
    return TextAreaField(
        _l("A word to the supporter"),
        description=_l(
            "If more is to be said. It goes into the mail and the letter as it is: write so that they understand it."
        ),
        render_kw={"rows": 2},
        validators=[Length(max=500, message=_l("Use at most 500 characters."))],
    )


class ScanForm(BaseForm):
    """One field that a scanner types into."""

    number = StringField(
        _l("Document number"),
        description=_l("Scan the code on a sheet or type the number, such as 2026-00012-2."),
        validators=[DataRequired(_l("Scan the code on a sheet, or type the document number."))],
    )


class ReturnForm(BaseForm):
    """The sheets of an envelope, as they lie on the desk."""

    signing = RadioField(
        _l("How is the memorandum signed?"),
        choices=options(
            [
                (Signing.SEALED.value, lazy_pgettext("memorandum", "With a seal")),
                (Signing.SIGNED.value, lazy_pgettext("memorandum", "With a signature only")),
                (UNSIGNED, lazy_pgettext("memorandum", "Not at all")),
                (ABSENT, lazy_pgettext("memorandum", "It did not come")),
            ]
        ),
        validators=[InputRequired(_l("Say how the memorandum is signed."))],
    )
    has_bank_form = BooleanField(_l("The bank form is there."))
    memorandum_faults = CheckboxesField(_l("What is wrong with the memorandum?"), choices=options(OF_MEMORANDUM))
    bank_form_faults = CheckboxesField(_l("What is wrong with the bank form?"), choices=options(OF_BANK_FORM))
    note = note_field()
    returned_on = DateField(_l("Day of return"), validators=[InputRequired(_l("Enter the day of return."))])

    def validate_has_bank_form(self, field: BooleanField) -> None:
        """An envelope holds something."""
        if self.signing.data == ABSENT and not field.data:
            raise ValidationError(gettext("Say which sheets came back."))

    def has_memorandum(self) -> bool:
        """Whether the memorandum is there."""
        return bool(self.signing.data != ABSENT)

    def signed(self) -> Signing | None:
        """How the memorandum that is there was signed."""
        return Signing(self.signing.data) if self.signing.data in set(Signing) else None

    def faults(self) -> frozenset[Fault]:
        """What is wrong with the sheets that are there; what is ticked of one that is not does not count."""
        found: set[str] = set()
        if self.has_memorandum():
            found.update(self.memorandum_faults.data or ())
            found.update({Fault.MEMORANDUM_NOT_SIGNED} if self.signing.data == UNSIGNED else ())
        if self.has_bank_form.data:
            found.update(self.bank_form_faults.data or ())
        return frozenset(Fault(fault) for fault in found)


class FaultForm(BaseForm):
    """What a second look finds."""

    memorandum_faults = CheckboxesField(
        _l("What is wrong with the memorandum?"), choices=options((NOT_SIGNED, *OF_MEMORANDUM))
    )
    bank_form_faults = CheckboxesField(_l("What is wrong with the bank form?"), choices=options(OF_BANK_FORM))
    note = note_field()

    def validate_memorandum_faults(self, field: CheckboxesField) -> None:
        """Something is wrong, or there is nothing to enter."""
        if not (field.data or self.bank_form_faults.data):
            raise ValidationError(gettext("Say what is wrong."))

    def faults(self) -> frozenset[Fault]:
        """All that was ticked."""
        return frozenset(map(Fault, [*(self.memorandum_faults.data or ()), *(self.bank_form_faults.data or ())]))


class CameBackForm(BaseForm):
    """When an envelope came back unopened."""

    came_back_on = DateField(
        _l("Day it came back"), validators=[InputRequired(_l("Enter the day on which it came back."))]
    )

"""Forms: one base over plain WTForms, text cleaned on the way in, a clean value out, 422 on refusal."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from flask import request
from markupsafe import Markup
from wtforms import Form, PasswordField, StringField, TextAreaField, widgets
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs

from lms.kernel.errors import msgid
from lms.kernel.furigana import MARKS
from lms.kernel.i18n import gettext, ngettext
from lms.kernel.keyset import MOST_INT
from lms.web.context import keep_nowhere, redrawing

NEVER_TYPED = dict.fromkeys(map(ord, "\0" + MARKS))


def clean(text: object) -> object:
    """Trimmed text in one Unicode form, so that a word typed on two devices is the same; no NUL, no mark of ours."""
    return unicodedata.normalize("NFC", text).translate(NEVER_TYPED).strip() if isinstance(text, str) else text


def clean_line(text: object) -> object:
    """The same on one line: a line break in a name would end a mail's header."""
    cleaned = clean(text)
    return " ".join(cleaned.split()) if isinstance(cleaned, str) else cleaned


def row_number(text: str) -> int:
    """The number of a row, as it was sent. Raises ValueError for one that no column of a database holds."""
    number = int(text)
    if abs(number) > MOST_INT:
        raise ValueError(text)
    return number


def options(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    """Choices of a field from (value, label)."""
    return [SelectChoice(value, label) for value, label in pairs]


REFUSED = "_refused"
"""Sent by a form that was refused before, so that its faults are named again in the other language."""

# What WTForms says by itself when a browser sent what no field of ours offers.
BUILT_IN = (msgid("Not a valid choice."), msgid("Not a valid date value."))


class Catalogue:
    """Our catalogues as WTForms asks for them."""

    def gettext(self, string: str) -> str:
        """A message of WTForms in the reader's language."""
        return gettext(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """The same for this many."""
        return ngettext(singular, plural, n)


class Meta:
    """WTForms ships no Vietnamese and no easy Japanese: every message comes from our own catalogue."""

    def get_translations(self, form: Form) -> Catalogue:
        """Where WTForms looks for its words."""
        return Catalogue()

    def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Any:
        """Bind a field, cleaning whatever text it takes."""
        kind = unbound_field.field_class
        if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
            filters: list[Callable[[object], object]] = [
                *unbound_field.kwargs.get("filters", ()),
                clean if issubclass(kind, TextAreaField) else clean_line,
            ]
            options["filters"] = filters
        return unbound_field.bind(form=form, **options)


class Password(PasswordField):
    """A password, which is never sent back, except into a form that is only shown again in another language."""

    class Widget(widgets.PasswordInput):
        """The input for it."""

        def __call__(self, field: Any, **kwargs: object) -> Markup:
            """Draw it."""
            if not (redrawing() and field.data):
                return super().__call__(field, **kwargs)
            keep_nowhere()
            return widgets.Input.__call__(self, field, **kwargs)

    widget = Widget()


class BaseForm(Form):
    """The base of every form. `of_request()` fills it with what was sent."""

    Meta = Meta
    refused_later = False

    @classmethod
    def of_request(cls, **kwargs: Any) -> "BaseForm":
        """The form as the browser sent it."""
        return cls(request.form, **kwargs)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether what was sent can be used. A form that is only shown again cannot, and names its faults if it had."""
        if redrawing():
            if REFUSED in request.form:
                super().validate(extra_validators)
            return False
        valid: bool = super().validate(extra_validators)
        if not valid:
            self._ask_passwords_again()
        return valid

    def refuse(self, field: str, sentence: str) -> None:
        """Name a fault that shows only when the form is acted on; in another language it is named after that."""
        self[field].errors = [sentence]
        self.refused_later = True
        self._ask_passwords_again()

    def _ask_passwords_again(self) -> None:
        for field in self:
            if isinstance(field, Password) and field.data and not field.errors:
                field.errors = [gettext("For your safety, please type the password once more.")]

"""Kinds of fields and checks that the programmes' form is made of."""

import unicodedata
from collections.abc import Sequence
from typing import Any, ClassVar

from wtforms import Form, IntegerField
from wtforms.validators import StopValidation, ValidationError

from lms.kernel.content import EASY, text_problem
from lms.kernel.i18n import gettext
from lms.kernel.languages import Language


class Whole(IntegerField):
    """A whole number in a range, in full-width digits too."""

    def __init__(self, label: str | None = None, *, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.least = least
        self.most = most

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed."""
        self.data = None
        typed = unicodedata.normalize("NFKC", valuelist[0]).strip() if valuelist else ""
        if not typed:
            return
        if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
            raise ValueError(gettext("Enter a whole number."))
        if not self.least <= int(typed) <= self.most:
            raise ValueError(gettext("Enter a number from %(least)d to %(most)d.", least=self.least, most=self.most))
        self.data = int(typed)


class InARow:
    """Needed where anything of its row was typed, which the form as a whole finds out: empty is no fault yet."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, form: Form, field: Any) -> None:
        """Raises StopValidation where nothing was typed."""
        if not field.raw_data or not str(field.raw_data[0]).strip():
            field.errors = []
            raise StopValidation


class Showable:
    """A text that pages can show in its language; in easy Japanese every kanji carries its reading."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, form: Form, field: Any) -> None:
        """Raises ValidationError."""
        if not field.data or not text_problem(field.data, locale=self.language.code):
            return
        if self.language.code == EASY:
            raise ValidationError(gettext("Write the reading of every kanji behind it, as the hint says."))
        raise ValidationError(gettext("Leave out braces and upright strokes: they are kept for readings."))

"""What the desk asks about captions, as clean values."""

import re
from typing import Any

from wtforms import FileField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Regexp

from courses.captions import languages
from courses.captions.rules import CaptionKind
from lms.kernel.i18n import gettext, lazy_pgettext
from lms.kernel.i18n import lazy_gettext as _l
from lms.web.forms import BaseForm, options

KINDS = [
    (CaptionKind.CAPTIONS.value, lazy_pgettext("recording", "Captions: what is said")),
    (CaptionKind.CHAPTERS.value, lazy_pgettext("recording", "Chapters: how the film is divided")),
]
SECONDS = re.compile(r"^([+\-−]?)\s*(\d{1,5})(?:[.,](\d{1,3}))?$")


def _languages() -> list[Any]:
    return options([("", gettext("Choose …")), *languages.choices().items()])


class AddForm(BaseForm):
    """A language to begin with, and perhaps a file."""

    kind = RadioField(
        _l("What do you add?"),
        choices=options(KINDS),
        default=CaptionKind.CAPTIONS.value,
        validators=[InputRequired(_l("Choose an answer."))],
    )
    language = SelectField(_l("Language"), choices=_languages, validators=[InputRequired(_l("Choose a language."))])
    file = FileField(
        _l("File"),
        description=_l("WebVTT or SRT. Without a file you write them here."),
        render_kw={"accept": ".vtt,.srt,text/vtt,text/plain"},
    )


class TextForm(BaseForm):
    """Captions or chapters as they are typed, and the version they were begun with."""

    version = HiddenField()
    text = TextAreaField(_l("Text"), validators=[InputRequired(_l("Write the text first."))])

    @property
    def seen(self) -> int:
        """The version; one that no form of ours sent is taken for an old one."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else -1


class TakeOverForm(BaseForm):
    """How much later the same words are said in the new recording."""

    seconds = StringField(
        _l("How many seconds later do the words come?"),
        description=_l("0 if nothing was cut. -12.5 if twelve and a half seconds were cut away at the beginning."),
        default="0",
        render_kw={"inputmode": "text", "autocomplete": "off"},
        validators=[Regexp(SECONDS, message=_l("Write a number of seconds, such as 0 or -12.5."))],
    )

    @property
    def milliseconds(self) -> int:
        """The same in milliseconds."""
        found = SECONDS.match(self.seconds.data or "")
        sign, seconds, rest = found.groups("") if found else ("", "0", "")
        return (-1 if sign in {"-", "−"} else 1) * (int(seconds) * 1000 + int((rest or "0").ljust(3, "0")))

"""The page that shows every component in every state and language, for whoever builds or checks the site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import (
    BooleanField,
    FileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired
from wtforms.widgets import CheckboxInput

from courses import queries as courses
from courses.glossary.entries import sample_entry
from courses.queries import LectureRow
from lms.kernel import i18n
from lms.kernel.furigana import with_ruby
from lms.kernel.i18n import lazy_gettext as _l
from lms.memoranda.rules import Route
from lms.qualification.queries import Counted, Decision
from lms.supporters.forms import PARTICIPATIONS
from lms.supporters.models import MailFailure
from lms.web.access import me, secretariat_only
from lms.web.context import now, session, today
from lms.web.forms import BaseForm, options
from lms.web.pages import onward

bp = Blueprint("design", __name__)


@dataclass(frozen=True)
class Script:
    """A way of writing: its language's tag, its direction, and what “I will go to the city hall with you” is in it."""

    lang: str
    dir: str
    sentence: str


SCRIPTS = (
    Script("ja", "ltr", "市役所まで、いっしょに行きます。"),
    Script("zh-Hans", "ltr", "我陪您一起去市政府。"),
    Script("ko", "ltr", "시청에 함께 가겠습니다."),
    Script("vi", "ltr", "Tôi sẽ cùng bạn đến tòa thị chính."),
    Script("my", "ltr", "မြို့တော်ခန်းမကို အတူတူ လိုက်သွားပေးပါမယ်။"),
    Script("ne", "ltr", "म तपाईंसँगै नगरपालिका जान्छु।"),
    Script("th", "ltr", "ฉันจะไปที่ว่าการเมืองกับคุณด้วย"),
    Script("km", "ltr", "ខ្ញុំនឹងទៅសាលាក្រុងជាមួយអ្នក។"),
    Script("si", "ltr", "මම ඔබ සමඟ නගර ශාලාවට එන්නම්."),
    Script("ar", "rtl", "سأذهب معك إلى مبنى البلدية."),
    Script("ur", "rtl", "میں آپ کے ساتھ سٹی ہال جاؤں گا۔"),
)
COLOURS = (
    "paper",
    "sheet",
    "shade",
    "ink",
    "soft",
    "line",
    "edge",
    "ai",
    "ai-wash",
    "kaki",
    "kaki-wash",
    "good",
    "wrong",
)
STONES = ("done", "half", "todo", "waits", "closed")
STEPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("supporter.registered", {"participation": "inexperienced"}),
    ("viewing.covered", {}),
    ("response.accepted", {}),
    ("memorandum.posted", {"service": "recorded"}),
)
PAGES = 12


class SampleForm(BaseForm):
    """A field of every kind; its sentences are those of the site's own forms."""

    text = StringField(
        _l("Your name"),
        description=_l("As it should stand on letters. Any script; one name is enough."),
        validators=[DataRequired(_l("Enter your name."))],
    )
    long_text = TextAreaField(_l("Address"))
    one = SelectField(_l("Language"), validate_choice=False)
    many = SelectMultipleField(_l("Lectures"), validate_choice=False, option_widget=CheckboxInput())
    scale = RadioField(_l("Survey"), choices=options((str(n), str(n)) for n in range(1, 6)), validate_choice=False)
    choice = RadioField(
        _l("How would you like to take part?"),
        choices=options(PARTICIPATIONS),
        description=_l("You can change this later."),
        validators=[InputRequired(_l("Choose how you would like to take part."))],
    )
    file = FileField(_l("Recording"))
    consent = BooleanField(
        _l("I agree that my details are used to run this programme, and for nothing else."),
        validators=[InputRequired(_l("Please agree, or ask us if you have a question."))],
    )


def _form(prefix: str, *, titles: list[str], refused: bool) -> SampleForm:
    form = SampleForm(prefix=prefix)
    form.one.choices = options((language.code, language.own_name) for language in i18n.offered())
    form.many.choices = options((str(n), title) for n, title in enumerate(titles, start=1))
    if refused:
        form.validate()
    return form


def _happened(moment: datetime) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(at=moment - timedelta(days=30 - 7 * n), by_id=None, step=step, facts=facts)
        for n, (step, facts) in enumerate(STEPS)
    ]


def _mails(moment: datetime) -> list[SimpleNamespace]:
    fates = (*MailFailure, None)
    return [SimpleNamespace(failure=fate, called_off_at=None, sent_at=moment, settled_at=None) for fate in fates]


def _decisions(moment: datetime, lectures: Sequence[LectureRow]) -> list[Decision]:
    day, name = moment.date(), "見本 事務局"
    counted = tuple(Counted(row.series_labels, row.number, day, moment, name) for row in lectures)
    programme = lectures[0].series_titles
    return [
        Decision(moment, Route.COURSE, day.year, programme, 2, counted, None, None),
        Decision(moment, Route.EXPERIENCED, day.year, programme, 2, (), moment, name),
    ]


@bp.get("/design")
@secretariat_only
def design() -> ResponseReturnValue:
    """Every component, in the language of `?language=`."""
    code = i18n.known(request.args.get("language", i18n.current_language().code))
    with i18n.reading_in(code):
        lectures = courses.lecture_rows(session(), supporter=me(), on=today())
        titles = [i18n.text_in(row.titles) for row in lectures[:3]]
        shown = render_template(
            "design/design.html",
            scripts=SCRIPTS,
            colours=COLOURS,
            stone_states=STONES,
            lectures=lectures,
            empty_form=_form("empty-", titles=titles, refused=False),
            refused_form=_form("refused-", titles=titles, refused=True),
            happened=_happened(now()),
            mails=_mails(now()),
            decisions=_decisions(now(), lectures[:3]),
            moment=now(),
            term=sample_entry(),
            number=min(max(request.args.get("page", 4, type=int), 1), PAGES),
            pages=PAGES,
            here=url_for("design.design", language=code),
        )
        # Furigana here and not at the edge, where the reader's own language would decide about them.
        return with_ruby(shown, shown=i18n.shows_furigana())


@bp.post("/design")
@secretariat_only
def pressed() -> ResponseReturnValue:
    """The sample buttons do nothing but come back."""
    return onward("design.design", said=i18n.gettext("Everything is in order. You can accompany people."))

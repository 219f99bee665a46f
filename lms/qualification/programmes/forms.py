"""What a programme's rules ask in the browser: a form whose rows are added and taken away by buttons.

Rows are named `<kind>_<number>_<part>`; the numbers may have gaps. A row in which nothing was typed is no row.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, cast

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import DateField, Field, HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput

from courses.models import Lecture
from courses.programme_file import Exemption, NotViewable, ProgrammeEntry, Rate
from courses.rules import Confirmation, Earlier, day_without_surveys
from courses.words import lecture_label
from lms.kernel.i18n import DEFAULT, gettext, offered, text_in
from lms.kernel.i18n import lazy_gettext as _l
from lms.kernel.languages import Language
from lms.qualification.programmes.fields import InARow, Showable, Whole
from lms.web.context import redrawing
from lms.web.forms import REFUSED, BaseForm, options

KINDS = ("exemption", "hidden", "rate")
MOST_ROWS = 30
ROW = re.compile(rf"({'|'.join(KINDS)})_(\d{{1,3}})_")
PRESSED = re.compile(rf"(add|remove)-({'|'.join(KINDS)})(?:-(\d{{1,3}}))?")
Rows = Mapping[str, list[int]]


@dataclass(frozen=True)
class DatedRow:
    """The fields of one exemption, or of one stretch of days on which a lecture cannot be watched."""

    number: int
    lecture: Field
    first: Field
    last: Field
    reasons: tuple[tuple[Language, Field], ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """All of them."""
        return (self.lecture, self.first, self.last, *(field for _, field in self.reasons))


@dataclass(frozen=True)
class RateRow:
    """The fields of one rate of the honorarium."""

    number: int
    minutes: Field
    yen: Field


class ProgrammeForm(BaseForm):
    """Everything that a programme says; made by `form_for`."""

    rows: ClassVar[Rows] = {}
    lectures: ClassVar[Sequence[Lecture]] = ()

    seen = HiddenField()
    agreed = HiddenField()
    first_day = DateField(_l("First day"), validators=[InputRequired(_l("Enter the first day."))])
    last_day = DateField(_l("Last day"), validators=[InputRequired(_l("Enter the last day."))])
    confirmation = RadioField(
        _l("When does a survey count?"),
        choices=options(
            [
                (Confirmation.BY_PERSON.value, _l("When the secretariat has accepted it")),
                (Confirmation.ON_SUBMISSION.value, _l("As soon as it is sent")),
            ]
        ),
        validators=[InputRequired(_l("Choose an answer."))],
    )
    earlier = RadioField(
        _l("What do people owe who have a memorandum of an earlier year?"),
        choices=options(
            [
                (Earlier.AGAIN.value, _l("A new memorandum, when the secretariat asks for it")),
                (Earlier.NOTHING.value, _l("Nothing new")),
            ]
        ),
        validators=[InputRequired(_l("Choose an answer."))],
    )
    claim_within_months = Whole(
        _l("Within how many months are claims filed?"),
        least=1,
        most=12,
        validators=[InputRequired(_l("Enter a whole number."))],
    )
    note = StringField(
        _l("Why is this changed?"),
        description=_l("For whoever asks later. It stands beside the version."),
        validators=[
            InputRequired(_l("Write in a few words why, for whoever asks later.")),
            Length(max=500, message=_l("Use at most 500 characters.")),
        ],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether it can be used: each field by itself, then all of them together."""
        if redrawing() and REFUSED not in request.form:
            return False
        valid = super().validate(extra_validators)
        return self._fits_together() and valid

    @property
    def chosen(self) -> list[str]:
        """The lectures whose survey is required."""
        return self["required"].data or []

    @property
    def titles(self) -> list[tuple[Language, Field]]:
        """The name of the programme, language by language."""
        return [(language, self[_name("title", language)]) for language in offered()]

    @property
    def watched(self) -> list[tuple[Lecture, Field]]:
        """How much of each lecture must be watched, in percent."""
        return [(lecture, self[_watched(lecture.code)]) for lecture in self.lectures]

    def dated(self, kind: str) -> Iterator[DatedRow]:
        """The rows of exemptions, or of lectures that cannot be watched."""
        for number in self.rows[kind]:
            begin = f"{kind}_{number}"
            reasons = tuple((language, self[_name(f"{begin}_reason", language)]) for language in offered())
            yield DatedRow(number, self[f"{begin}_lecture"], self[f"{begin}_first"], self[f"{begin}_last"], reasons)

    @property
    def rates(self) -> list[RateRow]:
        """The rows of the honorarium."""
        return [RateRow(n, self[f"rate_{n}_minutes"], self[f"rate_{n}_yen"]) for n in self.rows["rate"]]

    def entry(self, code: str) -> ProgrammeEntry:
        """What was typed, as a programme; for a form that is valid."""
        shares = {lecture.code: field.data / 100 for lecture, field in self.watched if field.data}
        return ProgrammeEntry(
            code=code,
            title=_texts(self.titles),
            first_day=cast("date", self.first_day.data),
            last_day=cast("date", self.last_day.data),
            required=tuple(lecture.code for lecture in self.lectures if lecture.code in self.chosen),
            confirmation=Confirmation(self.confirmation.data),
            exemptions=tuple(Exemption(**_value(row)) for row in self._filled("exemption")),
            not_viewable=tuple(NotViewable(**_value(row)) for row in self._filled("hidden")),
            require_watched=shares,
            honorarium=tuple(sorted(self._rates_typed(), key=lambda rate: rate.minutes_from)),
            claim_within_months=int(self.claim_within_months.data or 0),
            earlier=Earlier(self.earlier.data),
        )

    def _filled(self, kind: str) -> list[DatedRow]:
        return [row for row in self.dated(kind) if any(field.data for field in row.fields)]

    def _rates_typed(self) -> list[Rate]:
        return [
            Rate(minutes_from=row.minutes.data, yen=row.yen.data)
            for row in self.rates
            if row.minutes.data is not None and row.yen.data is not None
        ]

    def _fits_together(self) -> bool:
        first, last = self.first_day.data, self.last_day.data
        _require(self.titles, gettext("Enter the name of the programme in Japanese."))
        if first and last and last < first:
            _fault(self.last_day, gettext("The last day is before the first day."))
        for kind in ("exemption", "hidden"):
            self._dates_fit(self._filled(kind))
        for row in self._filled("exemption"):
            if row.lecture.data and row.lecture.data not in self.chosen:
                _fault(row.lecture, gettext("The survey of this lecture is not required anyway."))
            for field in (row.first, row.last):
                if field.data and first and last and not first <= field.data <= last:
                    _fault(field, gettext("This day lies outside the programme."))
        self._rates_fit()
        if not self.errors and (day := day_without_surveys(self.entry("").as_rules())):
            _fault(self["required"], gettext("On %(day)s no survey would be required at all.", day=day.isoformat()))
        return not self.errors

    def _dates_fit(self, rows: Sequence[DatedRow]) -> None:
        for place, row in enumerate(rows):
            if not row.lecture.data:
                _fault(row.lecture, gettext("Choose a lecture."))
            for field, sentence in (
                (row.first, gettext("Enter the first day.")),
                (row.last, gettext("Enter the last day.")),
            ):
                if field.data is None and not field.errors:
                    _fault(field, sentence)
            _require(row.reasons, gettext("Write the reason in Japanese; people read it."))
            if row.first.data and row.last.data:
                if row.last.data < row.first.data:
                    _fault(row.last, gettext("The last day is before the first day."))
                if any(_overlap(row, other) for other in rows[:place]):
                    _fault(row.first, gettext("Another row already says so about these days."))

    def _rates_fit(self) -> None:
        for row in self.rates:
            for field, other in ((row.minutes, row.yen), (row.yen, row.minutes)):
                if field.data is None and other.data is not None and not field.errors:
                    _fault(field, gettext("Enter a whole number."))
        minutes = [row.minutes.data for row in self.rates]
        for place, row in enumerate(self.rates):
            if row.minutes.data is not None and row.minutes.data in minutes[:place]:
                _fault(row.minutes, gettext("Another row already begins at this number of minutes."))
        if self.rates and not self._rates_typed():
            _fault(self.rates[0].minutes, gettext("Enter at least one rate."))


def form_for(lectures: Sequence[Lecture], rows: Rows) -> type[ProgrammeForm]:
    """The form with so many rows of each kind."""
    fields: dict[str, Any] = {"rows": rows, "lectures": lectures}
    named = [(lecture.code, _lecture_name(lecture)) for lecture in lectures]
    for language in offered():
        fields[_name("title", language)] = _text(language)
    for lecture in lectures:
        fields[_watched(lecture.code)] = Whole(_lecture_name(lecture), least=1, most=100, validators=[Optional()])
    for kind in ("exemption", "hidden"):
        for number in rows[kind]:
            begin = f"{kind}_{number}"
            choices = options([("", "–"), *named])
            fields[f"{begin}_lecture"] = SelectField(_l("Lecture"), choices=choices, validators=[InARow()])
            fields[f"{begin}_first"] = DateField(_l("First day"), validators=[InARow()])
            fields[f"{begin}_last"] = DateField(_l("Last day"), validators=[InARow()])
            for language in offered():
                fields[_name(f"{begin}_reason", language)] = _text(language)
    for number in rows["rate"]:
        minutes, yen = f"rate_{number}_minutes", f"rate_{number}_yen"
        fields[minutes] = Whole(_l("From how many minutes"), least=0, most=24 * 60, validators=[InARow()])
        fields[yen] = Whole(_l("Yen"), least=1, most=10**6, validators=[InARow()])
    fields["required"] = SelectMultipleField(
        _l("Lectures whose survey is required"),
        choices=options(named),
        option_widget=CheckboxInput(),
        validators=[InputRequired(_l("Choose at least one lecture: otherwise everybody would qualify."))],
    )
    return cast("type[ProgrammeForm]", type("ProgrammeForm", (ProgrammeForm,), fields))


def rows_of(sent: MultiDict[str, str]) -> dict[str, list[int]]:
    """The rows a browser sent, after the button that was pressed has added one or taken one away."""
    found = {(match[1], int(match[2])) for name in sent if (match := ROW.match(name))}
    rows = {kind: sorted(number for k, number in found if k == kind)[:MOST_ROWS] for kind in KINDS}
    if pressed := PRESSED.fullmatch(sent.get("do", "")):
        act, kind, number = pressed.groups()
        if act == "remove":
            rows[kind] = [each for each in rows[kind] if str(each) != number]
        elif len(rows[kind]) < MOST_ROWS:
            rows[kind].append(max(rows[kind], default=-1) + 1)
    return rows


def moves_rows(sent: MultiDict[str, str]) -> bool:
    """Whether the button that was pressed only adds a row or takes one away."""
    return PRESSED.fullmatch(sent.get("do", "")) is not None


def form_of(entry: ProgrammeEntry, lectures: Sequence[Lecture], *, seen: int) -> ProgrammeForm:
    """The form filled with what a programme says."""
    kept: dict[str, Sequence[Exemption | NotViewable]] = {
        "exemption": entry.exemptions,
        "hidden": entry.not_viewable,
    }
    rows = {kind: list(range(len(dated))) for kind, dated in kept.items()}
    rows["rate"] = list(range(len(entry.honorarium)))
    data: dict[str, Any] = {
        "seen": seen,
        "first_day": entry.first_day,
        "last_day": entry.last_day,
        "required": list(entry.required),
        "confirmation": entry.confirmation.value,
        "earlier": entry.earlier.value,
        "claim_within_months": entry.claim_within_months,
    }
    data |= _words("title", entry.title)
    data |= {_watched(code): round(share * 100) for code, share in entry.require_watched.items()}
    for kind, dated in kept.items():
        for number, one in enumerate(dated):
            begin = f"{kind}_{number}"
            data |= {f"{begin}_lecture": one.lecture, f"{begin}_first": one.first, f"{begin}_last": one.last}
            data |= _words(f"{begin}_reason", one.reason)
    for number, rate in enumerate(entry.honorarium):
        data |= {f"rate_{number}_minutes": rate.minutes_from, f"rate_{number}_yen": rate.yen}
    return form_for(lectures, rows)(data=data)


def _words(begin: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {_name(begin, language): texts[language.code] for language in offered() if language.code in texts}


def _text(language: Language) -> StringField:
    limit = Length(max=500, message=_l("Use at most 500 characters."))
    needed = [InARow()] if language.code == DEFAULT else []
    return StringField(language.own_name, validators=[*needed, Showable(language), limit])


def _name(begin: str, language: Language) -> str:
    return f"{begin}_{re.sub(r'[^a-z]', '_', language.code.lower())}"


def _watched(code: str) -> str:
    return f"watched_{code.replace('-', '_')}"


def _lecture_name(lecture: Lecture) -> str:
    return f"{lecture_label(lecture.series.labels, lecture.number)} {text_in(lecture.titles)}"


def _texts(fields: Iterable[tuple[Language, Field]]) -> dict[str, str]:
    return {language.code: field.data for language, field in fields if field.data}


def _value(row: DatedRow) -> dict[str, Any]:
    days = {"first": row.first.data, "last": row.last.data}
    return {"lecture": row.lecture.data, **days, "reason": _texts(row.reasons)}


def _overlap(row: DatedRow, other: DatedRow) -> bool:
    if row.lecture.data != other.lecture.data or not (other.first.data and other.last.data):
        return False
    return bool(other.first.data <= row.last.data and row.first.data <= other.last.data)


def _require(fields: Iterable[tuple[Language, Field]], sentence: str) -> None:
    for language, field in fields:
        if language.code == DEFAULT and not field.data:
            _fault(field, sentence)


def _fault(field: Field, sentence: str) -> None:
    field.errors = [*field.errors, sentence]

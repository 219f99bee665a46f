"""Each kind of question owns its field, its check and its way of being read."""

from collections.abc import Mapping
from typing import Any

from wtforms import Field, Form, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from lms.kernel.i18n import gettext, text_in
from lms.web.forms import BaseForm, options
from surveys.survey_file import Kind, QuestionEntry, SurveyEntry

LENGTHS = {Kind.SHORT: 200, Kind.LONG: 4000}


class CheckboxesField(SelectMultipleField):
    """Several choices as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class AtMost:
    """No more than so many boxes."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, form: Form, field: Field) -> None:
        """Refuse one box too many."""
        if len(field.data or ()) > self.most:
            raise ValidationError(gettext("Choose at most %(most)d.", most=self.most))


def field_name(question: QuestionEntry) -> str:
    """The name of a question's field in the form."""
    return "q_" + question.code.replace("-", "_")


def form_for(survey: SurveyEntry) -> type[BaseForm]:
    """A form class with one field a question, in the reader's language."""
    return type("SurveyForm", (BaseForm,), {field_name(q): field_for(q) for q in survey.questions})


def field_for(question: QuestionEntry) -> Field:
    """The field of a question; WTForms binds it when a form is made."""
    hint = text_in(question.hint) if question.hint else ""
    label = text_in(question.text)
    common: dict[str, Any] = {"description": hint, "validators": _validators(question)}
    match question.kind:
        case Kind.SCALE:
            return RadioField(label, choices=options(_steps(question)), **common)
        case Kind.ONE:
            return RadioField(label, choices=options((o.code, text_in(o.text)) for o in question.options), **common)
        case Kind.MANY:
            return CheckboxesField(
                label, choices=options((o.code, text_in(o.text)) for o in question.options), **common
            )
        case Kind.SHORT:
            return StringField(label, **common)
        case Kind.LONG:
            return TextAreaField(label, render_kw={"rows": 6}, **common)


def _steps(question: QuestionEntry) -> list[tuple[str, str]]:
    steps = question.steps or 0
    ends = {1: question.low, steps: question.high}
    return [(str(n), f"{n} {text_in(ends.get(n) or {})}".strip()) for n in range(1, steps + 1)]


def _validators(question: QuestionEntry) -> list[Any]:
    found: list[Any] = []
    if not question.required:
        found.append(Optional())
    elif question.kind in {Kind.SHORT, Kind.LONG}:
        found.append(DataRequired(gettext("Write a few words here.")))
    else:
        found.append(InputRequired(gettext("Choose an answer.")))
    if question.kind in LENGTHS:
        most = question.max_length or LENGTHS[question.kind]
        found.append(Length(max=most, message=gettext("Use at most %(most)d characters.", most=most)))
    if question.at_most:
        found.append(AtMost(question.at_most))
    return found


def answers_in(form: BaseForm, survey: SurveyEntry) -> dict[str, Any]:
    """The answers of a filled form by question code: a text, an option's code or a list of them.

    Unanswered is left out.
    """
    found = {q.code: form[field_name(q)].data for q in survey.questions}
    return {code: value for code, value in found.items() if value}


def field_data(answers: Mapping[str, Any], survey: SurveyEntry) -> dict[str, Any]:
    """Stored answers as the form's data."""
    return {field_name(q): answers[q.code] for q in survey.questions if q.code in answers}


def read_aloud(question: QuestionEntry, answer: Any) -> list[str]:
    """An answer in words, one entry a line or choice; empty when there is none."""
    if not answer:
        return []
    words = {o.code: text_in(o.text) for o in question.options}
    if question.kind is Kind.MANY:
        return [words.get(code, code) for code in answer]
    if question.kind is Kind.ONE:
        return [words.get(answer, answer)]
    if question.kind is Kind.SCALE:
        return [f"{answer} / {question.steps}"]
    return [str(answer)]

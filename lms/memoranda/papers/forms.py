"""What is asked before labels are printed."""

from wtforms import DecimalField, IntegerField, RadioField
from wtforms.validators import InputRequired, NumberRange, StopValidation, ValidationError

from lms.kernel.i18n import gettext
from lms.kernel.i18n import lazy_gettext as _l
from lms.kernel.keyset import MOST_INT
from lms.memoranda.papers.sheets import MOST_OFFSET_MM, SHEETS
from lms.memoranda.rules import State
from lms.web.forms import BaseForm, options

BATCH = "batch"
OFFSET = _l("Enter millimetres from -10 to 10.")


def _needed_for_one_batch(form: "LabelsForm", field: IntegerField) -> None:
    """Asked for only where it matters; whatever else was typed there does not matter either."""
    field.errors = []
    if form.whose.data == BATCH and (field.data is None or abs(field.data) > MOST_INT):
        raise StopValidation(gettext("Enter the number of the batch."))
    raise StopValidation


class LabelsForm(BaseForm):
    """For whom, on which sheet, and where on it."""

    whose = RadioField(
        _l("Labels for"),
        choices=options(
            [
                (State.PRINTED.value, _l("All memoranda that are printed and not yet posted")),
                (State.DUE.value, _l("All memoranda that are due")),
                (BATCH, _l("One batch")),
            ]
        ),
        validators=[InputRequired(_l("Choose an answer."))],
    )
    batch = IntegerField(
        _l("Number of the batch"), description=_l("Only for one batch."), validators=[_needed_for_one_batch]
    )
    sheet = RadioField(
        _l("Label sheet"),
        choices=options(
            [
                ("12", _l("12 labels of 86.4 × 42.3 mm")),
                ("24", _l("24 labels of 66 × 33.9 mm")),
            ]
        ),
        validators=[InputRequired(_l("Choose an answer."))],
    )
    start = IntegerField(
        _l("First label"),
        description=_l(
            "On a sheet used before: the first label that is still there, counted row by row from the top left."
        ),
        validators=[InputRequired(_l("Enter the number of the first label."))],
    )
    right = DecimalField(
        _l("Move to the right, in mm"),
        places=1,
        description=_l("If your printer prints beside the labels: by how much. To the left with a minus."),
        validators=[InputRequired(OFFSET), NumberRange(-MOST_OFFSET_MM, MOST_OFFSET_MM, OFFSET)],
    )
    down = DecimalField(
        _l("Move down, in mm"),
        places=1,
        description=_l("Up with a minus."),
        validators=[InputRequired(OFFSET), NumberRange(-MOST_OFFSET_MM, MOST_OFFSET_MM, OFFSET)],
    )

    def validate_start(self, field: IntegerField) -> None:
        """The sheet has only so many."""
        sheet = SHEETS.get(self.sheet.data or "")
        if sheet is not None and field.data is not None and not 1 <= field.data <= sheet.count:
            raise ValidationError(gettext("Labels on this sheet are counted from 1 to %(count)d.", count=sheet.count))

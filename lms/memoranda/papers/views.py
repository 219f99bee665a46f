"""Envelopes, labels and the archive of papers at the secretariat's desk."""

from typing import cast

from flask import Blueprint
from flask.typing import ResponseReturnValue

from lms.kernel.errors import NotFound
from lms.kernel.i18n import gettext
from lms.memoranda.papers import archive, queries
from lms.memoranda.papers.archive import Verified
from lms.memoranda.papers.envelopes import envelope_of, envelopes_of
from lms.memoranda.papers.forms import BATCH, LabelsForm
from lms.memoranda.papers.sheets import calibration, labels
from lms.memoranda.rules import State
from lms.web.access import secretariat_only
from lms.web.context import house, session
from lms.web.pages import page, pdf

bp = Blueprint("papers", __name__, url_prefix="/secretariat/papers")

CHECKED_AT_ONCE = 5
"""Each takes about half a second; all of them are checked by `lms papers verify`."""


@bp.get("")
@secretariat_only
def papers() -> ResponseReturnValue:
    """The envelope in use, labels, and whether the archive holds what was posted."""
    return _papers_page(_usual())


@bp.post("/labels")
@secretariat_only
def print_labels() -> ResponseReturnValue:
    """Address labels as a PDF."""
    form = cast("LabelsForm", LabelsForm.of_request())
    if not form.validate():
        return _papers_page(form, status=422)
    one_batch = form.whose.data == BATCH
    addresses = queries.addressees(
        session(),
        state=None if one_batch else State(form.whose.data),
        batch_id=form.batch.data if one_batch else None,
    )
    if not addresses:
        return _papers_page(form, status=422, error=gettext("Nobody with an address is among them."))
    sheets = labels(
        addresses,
        sheet=form.sheet.data,
        start=form.start.data or 1,
        offset_mm=(float(form.right.data or 0), float(form.down.data or 0)),
    )
    return pdf(sheets, "labels.pdf")


@bp.get("/calibration/<code>")
@secretariat_only
def calibration_sheet(code: str) -> ResponseReturnValue:
    """A sheet to lay into an envelope with a window."""
    envelope = envelopes_of(house().settings).get(code)
    if envelope is None:
        raise NotFound("There is no such envelope.")
    return pdf(calibration(envelope), f"{code}.pdf")


@bp.post("/verify")
@secretariat_only
def verify() -> ResponseReturnValue:
    """Set the newest papers of the archive again and compare."""
    found = list(archive.verify(session(), storage=house().storage, newest=CHECKED_AT_ONCE))
    return _papers_page(_usual(), verified=found)


def _usual() -> LabelsForm:
    return LabelsForm(data={"whose": State.PRINTED.value, "sheet": "12", "start": 1, "right": 0, "down": 0})


def _papers_page(
    form: LabelsForm, *, verified: list[Verified] | None = None, error: str | None = None, status: int = 200
) -> ResponseReturnValue:
    settings = house().settings
    return page(
        "memoranda/papers.html",
        form=form,
        envelope=envelope_of(settings),
        envelopes=list(envelopes_of(settings).values()),
        archived=archive.count(session()),
        verified=verified,
        newest=CHECKED_AT_ONCE,
        error=error,
        status=status,
    )

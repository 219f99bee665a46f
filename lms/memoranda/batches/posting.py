"""The form with which a batch is posted: a tracking number an envelope, typed, pasted as a column, or scanned."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms.memoranda.batches.forms import PostingForm
from lms.memoranda.postage.tracking import Doubt, doubts, normal, pairs_of
from lms.memoranda.rules import Service
from lms.web.forms import clean_line

FIELD = "tracking-"


@dataclass(frozen=True)
class Filled:
    """The form as it was sent: numbers by memorandum, what looks wrong with them, lines that belong to no envelope.

    `looked_at` is whether it was sent at all, `is_new` whether numbers or doubts were not on the page that was sent.
    """

    form: PostingForm
    numbers: dict[int, str]
    doubts: dict[int, Doubt]
    misplaced: list[str]
    looked_at: bool
    is_new: bool

    @property
    def service(self) -> Service:
        """What the numbers were looked at for."""
        return service_of(self.form)

    @property
    def may_be_kept(self) -> bool:
        """Whether somebody has seen these very pairs with all their doubts, and no number stands twice."""
        return not self.is_new and not self.misplaced and Doubt.TWICE not in self.doubts.values()


def filled(form: PostingForm, sent: Mapping[str, str], *, order: Sequence[int]) -> Filled:
    """The numbers of the fields, then the pasted ones; what was pasted and found its place leaves the form."""
    numbers = {each: normal(str(clean_line(sent.get(f"{FIELD}{each}", "")))) for each in order}
    text = form.pasted.data or ""
    pairs = pairs_of(text, order=order, taken=[each for each, number in numbers.items() if number])
    numbers |= pairs.numbers
    lines = text.splitlines()
    misplaced = [lines[number - 1] for number in pairs.misplaced]
    if sent and not form.pasted.errors:
        form.pasted.data = "\n".join(misplaced)
    found = doubts(numbers, service=service_of(form))
    looked = hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()[:16]
    is_new = bool(pairs.numbers) or (bool(found) and form.looked.data != looked)
    form.looked.data = looked
    return Filled(form, numbers, found, misplaced, bool(sent), is_new)


def service_of(form: PostingForm) -> Service:
    """The service that was chosen; an ordinary letter while none is."""
    return Service(form.service.data) if form.service.data in set(Service) else Service.LETTER

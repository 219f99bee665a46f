"""The one thing somebody can do now, for the page they come home to. Pure: values in, values out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from courses.queries import LectureRow
from lms.memoranda.rules import State
from lms.qualification.rules import Assessment, Why
from surveys.rules import ResponseState


class Act(StrEnum):
    """What there is to do, the most pressing first."""

    ENTER_ADDRESS = "enter_address"
    CONFIRM_ADDRESS = "confirm_address"
    MEND_PAPERS = "mend_papers"
    SEND_PAPERS_BACK = "send_papers_back"
    ANSWER_AGAIN = "answer_again"
    GO_ON_ANSWERING = "go_on_answering"
    ANSWER = "answer"
    GO_ON_WATCHING = "go_on_watching"
    WATCH = "watch"
    REST = "rest"

    @property
    def is_waited_for(self) -> bool:
        """Whether the secretariat cannot go on before it is done."""
        papers = {Act.ENTER_ADDRESS, Act.CONFIRM_ADDRESS, Act.MEND_PAPERS, Act.SEND_PAPERS_BACK}
        return self in {*papers, Act.ANSWER_AGAIN}


THEIRS = {
    State.UNDELIVERABLE: Act.CONFIRM_ADDRESS,
    State.INCOMPLETE: Act.MEND_PAPERS,
    State.POSTED: Act.SEND_PAPERS_BACK,
}
"""What the papers ask of their receiver, by where they stand."""


@dataclass(frozen=True)
class NextStep:
    """One act, the lecture it is about, and whether it is asked of the person or only offered."""

    act: Act
    lecture: LectureRow | None = None
    is_asked: bool = False


def next_step(
    assessment: Assessment,
    *,
    lectures: Iterable[LectureRow],
    responses: Mapping[str, ResponseState],
    papers: State | None,
    has_address: bool,
) -> NextStep:
    """The most pressing thing that is asked, else the first that can be offered, else rest.

    `responses` are states by lecture code; `papers` is the state of the newest memorandum. While the secretariat looks
    at somebody's experience, nothing is asked of them: the course is only offered.
    """
    if papers is State.DUE and not has_address:
        return NextStep(Act.ENTER_ADDRESS, is_asked=True)
    if papers in THEIRS:
        return NextStep(THEIRS[papers], is_asked=True)
    rows = tuple(lectures)
    experienced = any(missing.why is Why.EXPERIENCE_WAITS for missing in assessment.missing)
    theirs = {m.lecture for m in assessment.missing if m.why.is_theirs} if not experienced else set()
    to_watch = {missing.lecture for missing in assessment.missing if missing.why is Why.WATCH_MORE}
    acts = [(row, _act(row, responses.get(row.code), must_watch=row.code in to_watch)) for row in rows]
    asked = _first([(row, act) for row, act in acts if row.code in theirs], is_asked=True)
    return asked or _first(acts, is_asked=False) or NextStep(Act.REST)


def _first(acts: Iterable[tuple[LectureRow, Act | None]], *, is_asked: bool) -> NextStep | None:
    """What was begun comes before what was not; a survey is offered to nobody of whom it is not asked."""
    found = {act: row for row, act in reversed(tuple(acts)) if act}
    found = found if is_asked else {act: row for act, row in found.items() if act is not Act.ANSWER}
    return next((NextStep(act, found[act], is_asked) for act in Act if act in found), None)


def _act(row: LectureRow, response: ResponseState | None, *, must_watch: bool) -> Act | None:
    """What there is to do about a lecture; `must_watch`: its survey cannot be sent before more of it was watched."""
    match response:
        case ResponseState.RETURNED:
            return Act.ANSWER_AGAIN
        case ResponseState.SUBMITTED | ResponseState.ACCEPTED:
            return None
    if not must_watch and (response or row.covered_at):
        return Act.GO_ON_ANSWERING if response else Act.ANSWER
    if row.not_viewable or not row.recording:
        return None
    return Act.GO_ON_WATCHING if row.share else Act.WATCH

"""The way of a response, and what answers to a question are allowed. Pure: values in, values out."""

from enum import StrEnum

from lms.kernel.errors import Conflict


class ResponseState(StrEnum):
    """draft → submitted → (returned → submitted again) → accepted."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


NEXT = {
    ResponseState.DRAFT: {ResponseState.SUBMITTED},
    ResponseState.SUBMITTED: {ResponseState.ACCEPTED, ResponseState.RETURNED},
    ResponseState.RETURNED: {ResponseState.SUBMITTED},
    ResponseState.ACCEPTED: set[ResponseState](),
}
EDITABLE = frozenset({ResponseState.DRAFT, ResponseState.RETURNED})


def check_step(current: ResponseState, wanted: ResponseState) -> None:
    """Raises Conflict when a response in one state cannot go to another."""
    if wanted in NEXT[current]:
        return
    if current is ResponseState.ACCEPTED:
        raise Conflict("This survey has been accepted already. Nothing more is needed.")
    if current is ResponseState.SUBMITTED:
        raise Conflict("This survey has been sent already. It can be changed only if the secretariat returns it.")
    raise Conflict("This survey has not been sent yet.")

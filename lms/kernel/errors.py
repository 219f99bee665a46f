"""The family of refusals: a rule or a service raises one, the edge turns it into a page with the right status."""


def msgid(text: str) -> str:
    """`text` itself; marks a sentence that is stored now and translated when it is shown."""
    return text


class DomainError(Exception):
    """Something a person asked for that cannot be done; `message` is an English msgid, `params` fill its placeholders.

    The sentence is translated where it is shown, so a rule needs no language: babel extracts the literal from the call.
    """

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.params = params


class NotFound(DomainError):
    """There is no such thing, or it is not this person's to see."""


class Conflict(DomainError):
    """The thing exists but its state forbids the step, or somebody else was faster."""


class Refused(DomainError):
    """The person may see the thing but not do this with it."""


class Invalid(DomainError):
    """What was sent cannot be used; the sentence says what to send instead."""

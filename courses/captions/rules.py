"""What there is to say about a recording in writing, and in which state it may be."""

from enum import StrEnum


class CaptionKind(StrEnum):
    """What is said, or how the film is divided."""

    CAPTIONS = "captions"
    CHAPTERS = "chapters"


class CaptionState(StrEnum):
    """A draft was written by the speech recogniser: nobody but the secretariat sees it until a person saved it."""

    DRAFT = "draft"
    SHOWN = "shown"

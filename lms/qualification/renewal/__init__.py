"""The new year: this year's papers for those who qualified earlier and are still active, by one press."""

from lms.qualification.renewal.queries import candidates
from lms.qualification.renewal.services import renew

__all__ = ["candidates", "renew"]

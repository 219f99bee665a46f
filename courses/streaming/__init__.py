"""Bytes to viewers: who may have them, and by which of four ways they are sent (docs/decisions/0012).

`paths` makes and checks addresses that one person's browser can use for some hours; `files` answers with a file whole,
by one range or not at all; `delivery` answers /media before Flask is asked: from the folder, by nginx, or by an object
store.
"""

from courses.streaming.delivery import Delivery, sender_for
from courses.streaming.paths import COOKIE, COOKIE_PATH, VALID_SECONDS, Signer, media_secret, signer_for

__all__ = [
    "COOKIE",
    "COOKIE_PATH",
    "VALID_SECONDS",
    "Delivery",
    "Signer",
    "media_secret",
    "sender_for",
    "signer_for",
]

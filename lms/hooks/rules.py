"""What is told and how it is signed, by the convention of Standard Webhooks. Pure: values in, values out."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from enum import StrEnum


class Event(StrEnum):
    """The steps that the world outside may hear of."""

    QUALIFIED = "qualified"
    POSTED = "posted"
    COMPLETE = "complete"


def body_of(told: Mapping[str, object]) -> bytes:
    """What is sent: the same bytes for the same facts."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def headers_of(body: bytes, *, message_id: str, timestamp: int, key: bytes) -> dict[str, str]:
    """The headers by which a receiver knows that we sent it, when, and whether it had it before."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "User-Agent": "bansou-lms",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{signature}",
    }

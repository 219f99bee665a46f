"""What uploads send, as clean values."""

from base64 import b64decode
from binascii import Error as Base64Error
from pathlib import PurePath

from lms.kernel.errors import Invalid


def upload_metadata(header: str) -> dict[str, str]:
    """Tus `Upload-Metadata`: `key base64,key base64`. Raises Invalid when it cannot be read."""
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = b64decode(value, validate=True).decode()
        except (Base64Error, UnicodeDecodeError) as error:
            raise Invalid("The upload could not be understood. Choose the file again.") from error
    return found


def file_name_of(text: str) -> str:
    """The last part of a file's name as the browser gave it, for people to recognise; never used as a path."""
    return PurePath(text.replace("\\", "/")).name[:200] or "recording"

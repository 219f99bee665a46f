"""The bytes of recordings, behind signed and expiring paths."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from courses.streaming import check_media_path, send_media
from lms.kernel.errors import NotFound
from lms.web.access import signed_in_id, signed_path
from lms.web.context import house, now

bp = Blueprint("media", __name__, url_prefix="/media")


@bp.get("/<int:expires>/<signature>/<recording>/<path:path>")
@signed_path
def file(expires: int, signature: str, recording: str, path: str) -> ResponseReturnValue:
    """A playlist, segment, picture or caption file. The database is not asked."""
    parts = house()
    check_media_path(expires, signature, recording, supporter=signed_in_id(), secret=parts.secret_key, now=now())
    try:
        found = parts.storage.path(f"recordings/{recording}/{path}")
    except ValueError as error:
        raise NotFound("There is no such page.") from error
    return send_media(found)

"""The addresses of recordings, and the word about those that hold no longer."""

from flask import Blueprint, Response, g, request, url_for
from flask.typing import ResponseReturnValue

from courses.streaming import COOKIE, COOKIE_PATH, VALID_SECONDS, Signer, signer_for
from courses.streaming.paths import parse
from lms.kernel.errors import NotFound, Refused
from lms.web.access import me, signed_in_id, signed_request
from lms.web.context import house, now

bp = Blueprint("media", __name__, url_prefix="/media")


def address(recording_key: str, file: str) -> str:
    """The signed address of a recording's file for whoever is signed in; their cookie goes out with the answer."""
    signer = _signer()
    g.viewer = signer.viewer(me())
    expires, signature = signer.folder(recording_key, viewer=g.viewer, now=now())
    return url_for("media.file", expires=expires, signature=signature, recording=recording_key, path=file)


@bp.get("/<int:expires>/<signature>/<recording>/<path:path>")
@signed_request
def file(expires: int, signature: str, recording: str, path: str) -> ResponseReturnValue:
    """Why a file is not sent: those that are were sent before Flask was asked. The database is not asked."""
    asked = parse(request.path)
    if asked and not _signer().holds(asked, viewer=request.cookies.get(COOKIE, ""), now=now()):
        raise Refused("This address of the recording has expired. Open the lecture's page again.")
    raise NotFound("There is no such page.")


@bp.after_app_request
def hand_out_cookie(response: Response) -> Response:
    """A page with addresses brings the cookie without which they are worth nothing; signing out takes it away."""
    if "viewer" in g:
        secure = house().settings.url.startswith("https://")
        response.set_cookie(
            COOKIE, g.viewer, max_age=VALID_SECONDS, path=COOKIE_PATH, secure=secure, httponly=True, samesite="Lax"
        )
    elif "_user_id" in g.get("cookie_before", {}) and signed_in_id() is None:
        response.delete_cookie(COOKIE, path=COOKIE_PATH)
    return response


def _signer() -> Signer:
    return signer_for(house().settings.media, secret_key=house().secret_key)

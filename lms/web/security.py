"""What every answer carries, and which requests are refused before anything else: another site's."""

import re
import secrets
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, abort, g, request

from lms.web.context import SAFE_METHODS, is_kept_nowhere

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def content_security(media_origin: str = "") -> str:
    """What pages may load: our own, and recordings from the object store that sends them, if one does."""
    elsewhere = f" {media_origin}" if media_origin else ""
    return "; ".join(
        (
            "default-src 'self'",
            f"connect-src 'self'{elsewhere}",
            f"img-src 'self' data:{elsewhere}",
            f"media-src 'self' blob:{elsewhere}",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def request_id() -> str:
    """The reference of this request: shown on error pages and written in every log line."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    return str(g.request_id)


def init_security(app: Flask, *, media_origin: str = "") -> None:
    """Refuse cross-site writes, bind the reference to the log, set the headers.

    Cross-site writes are told by what browsers themselves say (Fetch Metadata, else Origin), so no form needs a token
    and no page that was open over lunch loses its answer. See docs/decisions/0004.
    """
    headers = HEADERS | {"Content-Security-Policy": content_security(media_origin)}

    @app.before_request
    def refuse_other_sites() -> None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=request_id())
        if request.method in SAFE_METHODS:
            return
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        if site is not None:
            allowed = site in {"same-origin", "none"}
        else:
            allowed = origin is None or urlsplit(origin).netloc == request.host
        if not allowed:
            abort(403)

    @app.after_request
    def set_headers(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("X-Request-ID", request_id())
        kept = "no-store" if is_kept_nowhere() else "no-cache"
        response.headers.setdefault("Cache-Control", f"private, {kept}")
        return response


def local_target(target: str | None) -> str | None:
    """`target` if it is a path on this site, else None: nobody is sent elsewhere after signing in."""
    if not target or not re.fullmatch(r"/(?![/\\])[^\x00-\x20\\]*", target):
        return None
    return target

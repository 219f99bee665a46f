"""Public pages travel compressed to whoever takes them; what is compressed already, or streamed, stays as it is.

Only public ones: an answer that holds something of a person's own keeps its length to itself.
"""

import gzip

from flask import Flask, Response, current_app, request

from lms.web.access import access_of

KINDS = {"text/html", "application/json"}
LEAST = 1024
LEVEL = 6


def init_compression(app: Flask) -> None:
    """Compress at the very end: called before everything else that changes answers, whose turn comes in reverse."""

    @app.after_request
    def compress(response: Response) -> Response:
        if not _may_be_compressed(response):
            return response
        response.vary.add("Accept-Encoding")
        if request.accept_encodings["gzip"]:
            response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
            tag, _weak = response.get_etag()
            if tag:  # the same words in other bytes
                response.set_etag(tag, weak=True)
        return response


def _may_be_compressed(response: Response) -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return (
        view is not None
        and access_of(view) == "public"
        and response.mimetype in KINDS
        and response.status_code == 200
        and not response.is_streamed
        and "Content-Encoding" not in response.headers
        and (response.content_length or 0) >= LEAST
    )

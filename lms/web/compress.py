"""Pages travel compressed to whoever takes them so; what is compressed already, or streamed, stays as it is.

Personal pages too: what their length could give away to a listener is a token against cross-site writes, and there are
none (docs/decisions/0004).
"""

import gzip

from flask import Flask, Response, request

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
    return (
        response.mimetype in KINDS
        and response.status_code == 200
        and not response.is_streamed
        and "Content-Encoding" not in response.headers
        and (response.content_length or 0) >= LEAST
    )

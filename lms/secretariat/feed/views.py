"""The feed itself, and the page on which its address is made, renewed and revoked."""

import csv
import io
from collections.abc import Iterator
from datetime import date

from flask import Blueprint, Response, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from lms.hooks import queries as hooks
from lms.kernel.clock import TOKYO
from lms.kernel.errors import Invalid
from lms.kernel.i18n import gettext as _
from lms.secretariat.feed import queries, services
from lms.secretariat.feed.queries import Told
from lms.web.access import me, public, secretariat_only
from lms.web.context import house, keep_nowhere, now, session
from lms.web.pages import onward, page

HEADINGS = ("event", "occurred_at", "network_id", "document_number", "year")
CHUNK = 64_000

bp = Blueprint("feed", __name__)


@bp.get("/feed/<token>.csv")
@public
def feed(token: str) -> ResponseReturnValue:
    """The steps as CSV for whoever knows the address; the same again is answered with 304."""
    queries.check_token(session(), token)
    since = _day(request.args.get("since"))
    how_far = queries.extent(session(), since=since)
    tag = f"{how_far.steps}-{how_far.last_id}-{since or ''}"
    # Not `make_conditional`: it would write the whole feed into memory, even to send nothing of it.
    if request.if_none_match.contains_weak(tag):
        answer = Response(status=304)
    else:
        answer = Response(stream_with_context(_lines(queries.told(session(), since=since))), mimetype="text/csv")
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("Write the day as 2026-04-01.") from None


def _lines(steps: Iterator[Told]) -> Iterator[str]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for step in steps:
        moment = step.occurred_at.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M:%S")
        writer.writerow((step.event, moment, step.network_id, step.document_number, step.year))
        if text.tell() > CHUNK:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


@bp.get("/secretariat/feed")
@secretariat_only
def settings() -> ResponseReturnValue:
    """Whether there is an address, and what else leaves the house."""
    return _page()


@bp.post("/secretariat/feed")
@secretariat_only
def make() -> ResponseReturnValue:
    """A new address, shown this once; earlier ones stop working."""
    token = services.make_token(session(), seen=_seen(), by=me(), now=now())
    keep_nowhere()
    return _page(address=house().settings.url + url_for("feed.feed", token=token))


@bp.post("/secretariat/feed/revoke")
@secretariat_only
def revoke() -> ResponseReturnValue:
    """No address works any more."""
    services.revoke_token(session(), seen=_seen(), by=me(), now=now())
    return onward("feed.settings", said=_("The address does not work any more."))


def _seen() -> int:
    return request.form.get("seen", 0, type=int)


def _page(address: str | None = None) -> ResponseReturnValue:
    return page(
        "secretariat/feed.html",
        token=queries.newest(session()),
        address=address,
        webhook=bool(house().settings.webhook_url),
        deliveries=hooks.deliveries(session()),
    )

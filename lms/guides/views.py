"""The guide for supporters, and the accessibility statement."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from lms.guides.texts import guide
from lms.kernel.i18n import current_language
from lms.web.access import public
from lms.web.pages import page

bp = Blueprint("guides", __name__)


@bp.get("/guide")
@public
def supporters() -> ResponseReturnValue:
    """How this site works for a supporter."""
    return _page("guide")


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """How accessible this site is, and where to report a barrier."""
    return _page("accessibility")


def _page(name: str) -> ResponseReturnValue:
    found = guide(name, current_language().code)
    return page("guides/guide.html", guide=found.aloud(), title_lang=found.language.tag)

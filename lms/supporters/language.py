"""The language a reader has chosen, and furigana: kept in the cookie and on the account, changed on every page."""

from flask import current_app, g, request
from flask import session as cookie

from lms.kernel import i18n
from lms.supporters import services
from lms.supporters.models import Supporter
from lms.web import access
from lms.web.context import house, session

LANGUAGE, FURIGANA = "_language", "_furigana"
OWN = {LANGUAGE, FURIGANA, "next"}
"""What the switcher's own form says; whatever else comes with it was typed into a search."""
FORM = "application/x-www-form-urlencoded"


def choose() -> None:
    """Take over what the switcher's buttons sent: the language of every page, or readings over its kanji."""
    locale = i18n.known(request.form[LANGUAGE]) if LANGUAGE in request.form else None
    furigana = request.form[FURIGANA] == "on" if FURIGANA in request.form else None
    if locale is not None:
        cookie["locale"] = locale
    if furigana is not None:
        cookie["furigana"] = furigana
    cookie.permanent = True
    person = access.current_person()
    if person is not None:  # in a transaction of its own: a form that is shown again leaves no other trace
        with house().database.write() as writing:
            services.choose_language(writing, supporter=person.id, locale=locale, furigana=furigana)
    i18n.chosen_anew()


def remembered(person: Supporter) -> None:
    """Take up the choices of somebody who has just come in; what was chosen as a visitor fills what is still open."""
    cookie["locale"] = person.locale
    if person.furigana is not None:
        cookie["furigana"] = person.furigana
    elif "furigana" in cookie:
        services.choose_language(session(), supporter=person.id, furigana=cookie["furigana"])


def forget() -> None:
    """Whoever comes next on this device may want no furigana."""
    cookie.pop("furigana", None)


def choose_while_typing() -> None:
    """A switcher's button sent a page's own form: it is shown again with everything typed, in the new language."""
    if request.method != "POST" or request.mimetype != FORM or request.endpoint not in current_app.view_functions:
        return
    if request.endpoint != "site.choose_language" and {LANGUAGE, FURIGANA} & request.form.keys():
        choose()
        g.redrawing = True

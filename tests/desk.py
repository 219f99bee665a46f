"""Pages of a running site as a person uses them: look at a page, press a button of it, go Back and press again."""

import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from bs4 import BeautifulSoup

from tests import make


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def form_of(html: str, ending: str) -> tuple[str, dict[str, list[str]]]:
    """Where the form goes whose address ends so, and what its fields hold. Raises LookupError when there is none."""
    soup = BeautifulSoup(html, "html.parser")
    [form, *_] = [f for f in soup.select("form[method=post]") if str(f["action"]).endswith(ending)] or [None]
    if form is None:
        raise LookupError(f"no form to …{ending}")
    fields: dict[str, list[str]] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        name, kind = str(field["name"]), field.get("type")
        values = fields.setdefault(name, [])
        if field.name == "textarea":
            values.append(field.get_text().removeprefix("\n"))
        elif field.name == "select":
            values += [str(o["value"]) for o in field.select("option[selected]") or field.select("option")[:1]]
        elif kind not in {"radio", "checkbox"} or field.has_attr("checked"):
            values.append(str(field.get("value", "y")))
    return str(form["action"]), fields


class Desk:
    """Somebody who is signed in at a site in another process."""

    def __init__(self, base: str, name: str) -> None:
        self.base, self.name = base, name
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), _NoRedirect)

    def sign_in(self) -> None:
        assert self.post("/sign-in", {"name": self.name, "password": make.PASSWORD}) == 303

    def post(self, path: str, data: dict[str, object]) -> int:
        """The status of the answer. Raises OSError when there is none."""
        try:
            body = urllib.parse.urlencode(data, doseq=True).encode()
            return self.opener.open(self.base + path, body, timeout=30).status
        except urllib.error.HTTPError as error:
            return error.code

    def look(self, path: str) -> str:
        """A page. Raises OSError when there is no answer."""
        return self.opener.open(self.base + path, timeout=30).read().decode()


def answers(base: str) -> bool:
    """Whether the site can be reached."""
    try:
        return urllib.request.urlopen(base + "/health", timeout=2).status == 200
    except OSError:
        return False

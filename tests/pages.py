"""A client whose every GET is also a check of the page: one h1, title, lang, ids, labels, nothing inline."""

import hashlib
import os
import re
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.test import TestResponse

from lms.kernel.furigana import MARKS
from lms.supporters.models import Supporter

PAGES_FOLDER = "LMS_TEST_PAGES"


def keep(url: str, html: str) -> None:
    """Keep a page for html-validate, which reads all of a run's pages at its end (see tests/html.py); each once."""
    folder = os.environ.get(PAGES_FOLDER)
    if folder:
        name = hashlib.sha256(html.encode()).hexdigest()[:20]
        Path(folder, f"{name}.html").write_text(html)
        Path(folder, f"{name}.url").write_text(url)


class Page:
    """A parsed page: `page.text`, `page.h1`, `page.one(css)`, `page.links()`."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.html = response.get_data(as_text=True)
        self.soup = BeautifulSoup(self.html, "html.parser")
        for reading in self.soup.select("rt, rp"):
            reading.decompose()

    @property
    def text(self) -> str:
        main = self.soup.find("main")
        return " ".join((main or self.soup).get_text(" ").split())

    @property
    def h1(self) -> str:
        return " ".join(self.soup.h1.get_text().split()) if self.soup.h1 else ""

    def one(self, css: str) -> Tag:
        found = self.soup.select(css)
        assert len(found) == 1, f"{css}: {len(found)} found"
        return found[0]

    def links(self) -> set[str]:
        return {str(a["href"]) for a in self.soup.select("a[href]")}

    def check(self) -> None:
        """What every page of ours must be."""
        assert len(self.soup.find_all("h1")) == 1, "one h1"
        assert self.soup.title is not None
        assert " ".join(self.soup.title.get_text().split()).startswith(self.h1), "title begins with the h1"
        html = self.soup.html
        assert html is not None
        assert html.get("lang"), "lang"
        assert html.get("dir") in {"ltr", "rtl"}, "dir"
        ids = [str(tag["id"]) for tag in self.soup.select("[id]")]
        assert len(ids) == len(set(ids)), f"ids twice: {sorted({i for i in ids if ids.count(i) > 1})}"
        for field in self.soup.select("input, select, textarea"):
            if field.get("type") in {"hidden", "submit"}:
                continue
            label = self.soup.find("label", attrs={"for": field.get("id")}) if field.get("id") else None
            assert label or field.find_parent("label") or field.get("aria-label"), f"no label: {field}"
        for image in self.soup.select("img"):
            assert image.get("alt") is not None, f"no alt: {image}"
        for script in self.soup.select("script"):
            assert script.get("src") or script.get("type") == "application/json", "inline script"
        assert not self.soup.select("style, [style], [onclick]"), "inline style or handler"
        for tag in self.soup.select("[src], link[href]"):
            url = str(tag.get("src") or tag.get("href"))
            assert not re.match(r"(https?:)?//", url), f"third party: {url}"
        assert not re.search(r"%\(\w+\)[sd]", self.html), "unfilled placeholder"
        typed = re.sub(r"<(textarea|script).*?</\1>|(?<= value=)\"[^\"]*\"", "", self.html, flags=re.DOTALL)
        assert not re.search(rf"[{MARKS}]|\{{[^{{}}|<>]+\|[ぁ-ゖー]+\}}", typed), "reading markup left"


class Browser:
    """A test client with cookies, signed in as somebody."""

    def __init__(self, app: Flask, *, person: Supporter | None, locale: str) -> None:
        self.client = app.test_client()
        with self.client.session_transaction() as cookie:
            cookie["locale"] = locale
            if person is not None:
                cookie["_user_id"] = str(person.id)
                cookie["_fresh"] = True

    def get(self, url: str, status: int = 200, **kwargs: Any) -> Page:
        """A page, checked."""
        page = Page(self.client.get(url, **kwargs))
        assert page.status == status, f"{url}: {page.status} instead of {status}: {page.text[:300]}"
        page.check()
        keep(url, page.html)
        return page

    def post(self, url: str, data: Any = None, status: int = 303, **kwargs: Any) -> Page:
        """A form that is sent; by default it leads on (303). A page that comes back is checked too."""
        page = Page(self.client.post(url, data=data or {}, **kwargs))
        assert page.status == status, f"{url}: {page.status} instead of {status}: {page.text[:300]}"
        if page.response.mimetype == "text/html" and status != 303:
            page.check()
            keep(url, page.html)
        return page

    def follow(self, page: Page) -> Page:
        """The page a 303 leads to."""
        return self.get(page.response.headers["Location"])

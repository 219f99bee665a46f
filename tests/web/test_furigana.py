"""In easy Japanese every kanji that people see has its reading, on every page of a supporter; so has Japanese that wants it."""

import re

import pytest
from bs4 import BeautifulSoup

from tests import make

KANJI = re.compile(r"[々一-鿿]+")
# Names are spelt as their owners spell them, and each language is called by its own name.
NAMES = ".languages button, .languages summary span, .tongues button, [data-name]"
PAGES = ("/", "/my-training", "/courses", "/courses/basic-1", "/surveys/basic-1", "/my-address", "/my-training/accompany",
         "/guide", "/accessibility", "/wrong-sentence", "/registered", "/nowhere")  # fmt: skip


def bare_kanji(html: str, *, names: set[str]) -> list[str]:
    """What can be seen and has no reading; `names` are left out, and so is what no ruby can stand in."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.select(f"ruby, script, style, title, textarea, option, {NAMES}"):
        tag.decompose()
    text = soup.get_text(" ")
    for name in names:
        text = text.replace(name, "")
    return KANJI.findall(text)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("locale", ["ja@easy", "ja"])
def test_every_kanji_of_a_page_has_its_reading(browser_of, session, path, locale):
    person = make.supporter(session, display_name="見本 花子", locale=locale)
    make.address(session, person)
    browser = browser_of(None if path == "/" else person, locale=locale)
    browser.client.post("/language", data={"_furigana": "on", "next": "/"})

    html = browser.client.get(path).get_data(as_text=True)

    names = {"見本 花子", *person.postal_address.lines}
    assert bare_kanji(html, names=names) == []


def test_the_check_sees_a_kanji_without_reading():
    assert bare_kanji("<p><ruby>講<rt>こう</rt></ruby>義</p>", names=set()) == ["義"]

"""Answers travel compressed to whoever takes them so, and stay the same answers."""

import gzip

import pytest

from lms.web.compress import LEAST
from tests import make

GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
def learner(browser_of, session):
    return browser_of(make.supporter(session)).client


@pytest.mark.parametrize("address", ["/glossary", "/my-training", "/glossary/terms.json?language=vi"])
def test_a_page_or_a_list_for_a_script_is_the_same_when_unpacked(learner, address):
    plain, packed = learner.get(address), learner.get(address, headers=GZIP)

    assert (plain.headers.get("Content-Encoding"), packed.headers["Content-Encoding"]) == (None, "gzip")
    assert "Accept-Encoding" in plain.vary
    assert "Accept-Encoding" in packed.vary
    assert packed.content_length == len(packed.data) < len(plain.data)
    assert gzip.decompress(packed.data) == plain.data


def test_what_is_not_sent_again_is_not_packed_either(learner):
    packed = learner.get("/glossary/terms.json?language=vi", headers=GZIP)

    again = learner.get("/glossary/terms.json?language=vi", headers=GZIP | {"If-None-Match": packed.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")


def test_what_is_short_stays_as_it_is(learner):
    short = learner.get("/health", headers=GZIP)

    assert len(short.data) < LEAST
    assert "Content-Encoding" not in short.headers

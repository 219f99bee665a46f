"""Pages of a long list: each begins behind the last row of the one before."""

import pytest
import sqlalchemy as sa

from lms.kernel.keyset import Order, page_of
from lms.supporters.models import Supporter
from tests import make

BY_NAME = Order((Supporter.display_name, Supporter.id), secret=True)


def pages(session, order, *, size):
    """The ids of each page, going on to the end and then all the way back."""
    at, there, back = None, [], []
    while True:
        found = page_of(session, sa.select(Supporter.id), order=order, at=at, size=size)
        there.append([row.id for row in found.rows])
        if found.following is None:
            break
        at = found.following
    while found.previous is not None:
        found = page_of(session, sa.select(Supporter.id), order=order, at=found.previous, size=size)
        back.append([row.id for row in found.rows])
    return there, back


@pytest.mark.parametrize("descending", [False, True])
def test_everybody_is_on_one_page_though_their_names_are_alike(session, descending):
    ids = sorted((make.supporter(session, display_name="見本 同名").id for _ in range(7)), reverse=descending)
    order = Order(BY_NAME.columns, descending=descending, secret=True)

    there, back = pages(session, order, size=3)

    assert there == [ids[:3], ids[3:6], ids[6:]]
    assert back == [ids[3:6], ids[:3]]


def test_a_place_says_no_name(session):
    for _ in range(3):
        make.supporter(session, display_name="Mihon Secret")

    found = page_of(session, sa.select(Supporter.id), order=BY_NAME, at=None, size=2)

    assert "Secret" not in (found.following or "")


@pytest.mark.parametrize("at", ["", "x", "W10", "Zm9v", "é"])
def test_what_is_no_place_is_the_beginning(session, at):
    ids = sorted(make.supporter(session).id for _ in range(3))

    found = page_of(session, sa.select(Supporter.id), order=Order((Supporter.id,)), at=at, size=2, count=True)

    assert ([row.id for row in found.rows], found.previous, found.total) == (ids[:2], None, 3)

"""Network IDs and document numbers that people retype."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.identity import check_digit, format_network_id, parse_network_id
from lms.memoranda.rules import number_of, parse_number

seven = st.integers(0, 10**7 - 1)


def test_the_check_digit_is_that_of_the_standard():
    assert check_digit("0794") == "5"  # the example of ISO/IEC 7064, MOD 11,10


@given(seven)
def test_an_id_reads_back_in_every_spelling(number):
    network_id = format_network_id(number)

    wide = network_id.translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))

    assert parse_network_id(network_id) == parse_network_id(wide) == network_id
    assert parse_network_id(f" {network_id.replace('-', '')} ") == network_id


@given(seven, st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number, place, change):
    digits = list(format_network_id(number).replace("-", ""))
    digits[place] = str((int(digits[place]) + change) % 10)

    assert parse_network_id("".join(digits)) is None


@pytest.mark.parametrize("text", ["", "1234", "mihon@example.jp", "1234-56789", "abcd-efgh", "²²²²-²²²²"])
def test_what_is_no_id_is_none(text):
    assert parse_network_id(text) is None


def test_a_document_number_reads_back_and_a_slip_does_not():
    number = number_of(2026, 12)

    assert number == f"2026-00012-{check_digit('202600012')}"
    assert (parse_number(number), parse_number(number.replace("-", "")), parse_number(number[:-1] + "x")) == (
        12,
        12,
        None,
    )
    assert parse_number("2026-00013-" + number[-1]) is None

"""Weight and price of an envelope, and tracking numbers as they are typed, pasted and scanned."""

import re
from datetime import date
from pathlib import Path

import pytest

from lms.kernel.content import ContentError
from lms.memoranda.postage import tariff as files
from lms.memoranda.postage.rules import Band, Offer, Rate, Tariff, Weights, offers, price, weight_of
from lms.memoranda.postage.tracking import Doubt, Pairs, doubt_of, doubts, normal, pairs_of
from lms.memoranda.rules import Service, number_of

SHIPPED = files.tariff()
TODAY = date(2026, 11, 22)
FIRST, SECOND, THIRD = (number_of(2026, each) for each in (1, 2, 3))


def test_a_pack_of_five_sheets_weighs_twenty_five_grams():
    assert weight_of(SHIPPED, pages=5) == 25


def test_a_part_of_a_gram_counts_as_a_whole_one():
    tariff = Tariff(Weights(sheet=3990, envelope=5000, return_envelope=4200), ())

    assert weight_of(tariff, pages=2) == 18


@pytest.mark.parametrize(
    ("grams", "yen"), [(1, 110), (50, 110), (51, 180), (100, 180), (101, 270), (1000, 750), (1001, None)]
)
def test_a_letter_costs_by_its_band_and_the_limit_belongs_to_it(grams, yen):
    assert price(SHIPPED, Service.LETTER, grams=grams, on=TODAY) == yen


def test_what_is_paid_on_top_is_added_to_the_letter():
    assert price(SHIPPED, Service.RECORDED, grams=25, on=TODAY) == 110 + 210
    assert price(SHIPPED, Service.REGISTERED, grams=60, on=TODAY) == 180 + 350


def test_a_price_holds_from_its_day():
    tariff = Tariff(
        SHIPPED.weights,
        (
            Rate(Service.LETTER, date(2024, 10, 1), (Band(50, 110),)),
            Rate(Service.LETTER, date(2027, 4, 1), (Band(50, 130),)),
        ),
    )

    prices = [
        price(tariff, Service.LETTER, grams=25, on=day)
        for day in (date(2024, 9, 30), date(2024, 10, 1), date(2027, 3, 31), date(2027, 4, 1))
    ]

    assert prices == [None, 110, 110, 130]


def test_the_cheapest_service_is_offered_first_with_the_sum_of_the_batch():
    assert offers(SHIPPED, grams=[25] * 300, on=TODAY) == [
        Offer(Service.LETTER, 33_000, 110, 110),
        Offer(Service.RECORDED, 96_000, 320, 320),
        Offer(Service.LETTER_PACK_LIGHT, 129_000, 430, 430),
        Offer(Service.REGISTERED, 138_000, 460, 460),
        Offer(Service.LETTER_PACK_PLUS, 180_000, 600, 600),
    ]


def test_a_service_that_may_not_carry_one_of_the_envelopes_is_not_offered():
    assert [each.service for each in offers(SHIPPED, grams=[25, 1200], on=TODAY)] == [
        Service.LETTER_PACK_LIGHT,
        Service.LETTER_PACK_PLUS,
    ]


@pytest.mark.parametrize("name", ["click_post", "yu_mail", "yu_packet", "yu_pack", "クリックポスト", "ゆうメール"])
def test_a_service_that_may_not_carry_letters_can_neither_be_configured_nor_posted(tmp_path, name):
    file = tmp_path / "tariff.toml"
    file.write_text(files.SHIPPED.read_text().replace('service = "letter_pack_light"', f'service = "{name}"'))

    with pytest.raises(ContentError, match=re.escape(f"unknown service '{name}'")):
        files.tariff(file)
    with pytest.raises(ValueError, match="is not a valid Service"):
        Service(name)


def test_services_are_those_of_letters_and_no_others():
    assert set(Service) == {"letter", "recorded", "registered", "letter_pack_light", "letter_pack_plus"}


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("on_top_of_letter_yen = 210", "", "either 'bands' or 'on_top_of_letter_yen'"),
        ("{ up_to_g = 50, yen = 110 }", "{ up_to_g = 50, yen = 0 }", "'yen' must be from 1"),
        ("sheet_mg = 4000", "sheet_mg = 4.0", "'sheet_mg' must be a whole number"),
    ],
)
def test_a_tariff_that_cannot_be_used_names_file_and_line(tmp_path, before, after, problem):
    file = Path(tmp_path, "tariff.toml")
    file.write_text(files.SHIPPED.read_text().replace(before, after))

    with pytest.raises(ContentError, match=rf"tariff\.toml:\d+: .*{re.escape(problem)}"):
        files.tariff(file)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("131-12-38385-2", "131-12-38385-2"),
        ("13112383852", "131-12-38385-2"),
        (" １３１－１２－３８３８５－２ ", "131-12-38385-2"),
        ("131ー12ー38385ー2", "131-12-38385-2"),
        ("1234 5678 9012", "1234-5678-9012"),
        ("12345", "12345"),
        ("AB-12", "AB-12"),
        ("", ""),
    ],
)
def test_a_tracking_number_is_kept_as_the_post_prints_it(typed, kept):
    assert normal(typed) == kept


@pytest.mark.parametrize(
    ("number", "service", "doubt"),
    [
        ("131-12-38385-2", Service.RECORDED, None),
        ("131-12-38385-3", Service.RECORDED, Doubt.CHECK_DIGIT),
        ("131-12-38385-3", Service.REGISTERED, Doubt.CHECK_DIGIT),
        ("1234-5678-9012", Service.RECORDED, Doubt.LENGTH),
        ("1234-5678-9012", Service.LETTER_PACK_LIGHT, None),
        ("131-12-38385-2", Service.LETTER_PACK_PLUS, Doubt.LENGTH),
        ("AB-12", Service.RECORDED, Doubt.LENGTH),
        ("", Service.RECORDED, Doubt.MISSING),
        ("", Service.LETTER, None),
        ("131-12-38385-2", Service.LETTER, Doubt.NOT_EXPECTED),
    ],
)
def test_what_looks_wrong_with_a_number_is_said(number, service, doubt):
    assert doubt_of(number, service=service) == doubt


def test_a_number_that_stands_twice_is_said_at_both():
    numbers = {1: "131-12-38385-2", 2: "131-12-38385-2", 3: "", 4: ""}

    assert doubts(numbers, service=Service.LETTER_PACK_LIGHT) == {
        1: Doubt.TWICE, 2: Doubt.TWICE, 3: Doubt.MISSING, 4: Doubt.MISSING,
    }  # fmt: skip


def test_a_column_of_numbers_goes_to_the_envelopes_in_their_order():
    assert pairs_of("13112383852\n13112383863\n", order=[1, 2, 3]) == Pairs({1: "131-12-38385-2", 2: "131-12-38386-3"})


def test_an_empty_line_of_a_column_is_an_envelope_without_a_number():
    assert pairs_of("13112383852\n\n13112383863\n", order=[1, 2, 3]) == Pairs(
        {1: "131-12-38385-2", 3: "131-12-38386-3"}
    )


def test_a_number_too_many_belongs_to_nobody():
    assert pairs_of("1\n2\n3", order=[1, 2]) == Pairs({1: "1", 2: "2"}, [3])


def test_what_has_a_number_already_is_passed_over():
    assert pairs_of("1\n2", order=[1, 2, 3], taken=[2]) == Pairs({1: "1", 3: "2"})


def test_two_columns_say_themselves_whose_number_it_is():
    assert pairs_of(f"{SECOND}\t131-12-38385-2\n{FIRST},13112383863", order=[1, 2]) == Pairs(
        {2: "131-12-38385-2", 1: "131-12-38386-3"}
    )


def test_a_scanner_types_the_code_of_the_letter_and_then_the_sticker():
    text = f"https://site.example/r/{SECOND}\n13112383852\n{FIRST}\n13112383863"

    assert pairs_of(text, order=[1, 2]) == Pairs({2: "131-12-38385-2", 1: "131-12-38386-3"})


def test_a_scanner_at_a_computer_set_to_japanese_is_understood():
    assert pairs_of(
        f"ｈｔｔｐｓ：・・ｓｉｔｅ・ｒ・{SECOND.replace('-', 'ー')}\n１３１１２３８３８５２", order=[1, 2]
    ) == Pairs({2: "131-12-38385-2"})


def test_the_sticker_of_a_letter_that_lies_in_another_batch_goes_to_nobody():
    assert pairs_of(f"{THIRD}\n13112383852\n13112383863", order=[1, 2]) == Pairs({1: "131-12-38386-3"}, [2])


def test_a_letter_scanned_twice_keeps_the_later_sticker():
    assert pairs_of(f"{FIRST}\n111\n{FIRST}\n222", order=[1, 2]) == Pairs({1: "222"})

"""Weight and price of an envelope as dated data. Pure: values in, values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lms.memoranda.rules import Service


@dataclass(frozen=True)
class Weights:
    """What the parts of an envelope weigh, in milligrams; `return_envelope` is 0 where none is enclosed."""

    sheet: int
    envelope: int
    return_envelope: int


@dataclass(frozen=True)
class Band:
    """A price up to a weight, that weight included."""

    up_to_g: int
    yen: int


@dataclass(frozen=True)
class Rate:
    """What a service costs from a day on: by bands of weight, or so much on top of an ordinary letter."""

    service: Service
    valid_from: date
    bands: tuple[Band, ...] = ()
    on_top_of_letter_yen: int | None = None


@dataclass(frozen=True)
class Tariff:
    """Weights, and every rate that ever held."""

    weights: Weights
    rates: tuple[Rate, ...]


@dataclass(frozen=True)
class Offer:
    """A service for a number of envelopes: the sum, and what the lightest and the heaviest cost."""

    service: Service
    total_yen: int
    least_yen: int
    most_yen: int


def weight_of(tariff: Tariff, *, pages: int) -> int:
    """The weight in whole grams, rounded up, of an envelope with so many pages, each a sheet of its own."""
    weights = tariff.weights
    return -(-(pages * weights.sheet + weights.envelope + weights.return_envelope) // 1000)


def price(tariff: Tariff, service: Service, *, grams: int, on: date) -> int | None:
    """What an envelope costs on a day, in yen; None where the tariff has no price for the day or the weight."""
    held = [rate for rate in tariff.rates if rate.service is service and rate.valid_from <= on]
    if not held:
        return None
    rate = max(held, key=lambda each: each.valid_from)
    if rate.on_top_of_letter_yen is not None:
        letter = price(tariff, Service.LETTER, grams=grams, on=on)
        return None if letter is None else letter + rate.on_top_of_letter_yen
    return min((band.yen for band in rate.bands if grams <= band.up_to_g), default=None)


def offers(tariff: Tariff, *, grams: Sequence[int], on: date) -> list[Offer]:
    """Every service that may carry all these envelopes on a day, the cheapest first: that one is suggested."""
    found = []
    for service in Service:
        prices = [price(tariff, service, grams=each, on=on) for each in grams]
        known = [each for each in prices if each is not None]
        if known and len(known) == len(prices):
            found.append(Offer(service, sum(known), min(known), max(known)))
    return sorted(found, key=lambda offer: offer.total_yen)

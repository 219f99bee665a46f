"""The tariff, read from the file that travels with the code."""

from functools import cache
from pathlib import Path

from lms.kernel.content import Node, read_toml
from lms.memoranda.postage.rules import Band, Rate, Tariff, Weights
from lms.memoranda.rules import Service

SHIPPED = Path(__file__).with_name("tariff.toml")
MOST_MG = 10**6
MOST_G = 30_000
MOST_YEN = 10**5


@cache
def tariff(file: Path = SHIPPED) -> Tariff:
    """Weights and rates. Raises ContentError with file and line, also for a service that may not carry letters."""
    whole = read_toml(file, languages=())
    whole.allow("weights", "rate")
    weights = whole["weights"]
    weights.allow("sheet_mg", "envelope_mg", "return_envelope_mg")
    return Tariff(
        Weights(
            sheet=weights["sheet_mg"].whole(least=1, most=MOST_MG),
            envelope=weights["envelope_mg"].whole(least=0, most=MOST_MG),
            return_envelope=weights["return_envelope_mg"].whole(least=0, most=MOST_MG),
        ),
        tuple(_rate(node) for node in whole["rate"].items(least=1)),
    )


def _rate(node: Node) -> Rate:
    node.allow("service", "valid_from", "bands", "on_top_of_letter_yen")
    if ("bands" in node) == ("on_top_of_letter_yen" in node):
        raise node.error("a rate has either 'bands' or 'on_top_of_letter_yen'")
    service, valid_from = Service(node["service"].choice(list(Service))), node["valid_from"].day()
    if "bands" in node:
        return Rate(service, valid_from, bands=tuple(_band(each) for each in node["bands"].items(least=1)))
    if service is Service.LETTER:
        raise node.error("a letter has 'bands'")
    return Rate(service, valid_from, on_top_of_letter_yen=node["on_top_of_letter_yen"].whole(least=1, most=MOST_YEN))


def _band(node: Node) -> Band:
    node.allow("up_to_g", "yen")
    return Band(node["up_to_g"].whole(least=1, most=MOST_G), node["yen"].whole(least=1, most=MOST_YEN))

"""Which place a postcode belongs to, looked up in the list that the build distils from Japan Post's."""

import json
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path

from lms.kernel.resources import dist_dir
from lms.memoranda.batches.rules import Place

RECORD = 5
CODE = 3


class Postcodes(Sequence[int]):
    """The codes in ascending order; `places_of` says where one lies. Nothing is unpacked before it is asked for."""

    def __init__(self, file: Path) -> None:
        head, _, self._records = file.read_bytes().partition(b"\n")
        self._places = [tuple(Place(*each) for each in places) for places in json.loads(head)["places"]]

    def __len__(self) -> int:
        return len(self._records) // RECORD

    def __getitem__(self, index: int) -> int:  # type: ignore[override] # nobody asks for a slice
        return int.from_bytes(self._records[index * RECORD : index * RECORD + CODE], "big")

    def places_of(self, postal_code: str) -> tuple[Place, ...]:
        """The places of a postcode such as 110-0015: several where it crosses a border, none if there is none such."""
        code = int(postal_code.replace("-", ""))
        index = bisect_left(self, code)
        if index == len(self) or self[index] != code:
            return ()
        start = index * RECORD + CODE
        return self._places[int.from_bytes(self._records[start : start + RECORD - CODE], "big")]

    @cached_property
    def prefectures(self) -> frozenset[str]:
        """All forty-seven."""
        return frozenset(place.prefecture for places in self._places for place in places)


@cache
def postcodes() -> Postcodes:
    """The list that travels with the site."""
    return Postcodes(dist_dir() / "postcodes.bin")

"""What stands on the papers, as plain values."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from lms.memoranda.papers.envelopes import Envelope


@dataclass(frozen=True)
class Organisation:
    """Party 甲, and where the papers come back to. A space in `name` or `address` is where a line may end."""

    name: str
    postal_code: str
    address: str
    representative: str
    phone: str
    email: str

    @property
    def is_complete(self) -> bool:
        """Whether papers with this sender can come back to it."""
        return bool(self.postal_code and self.address and self.representative)


@dataclass(frozen=True)
class Recipient:
    """Party 乙 as the letterbox shows them; what stands beside the Japanese is in the language `locale`."""

    name: str
    name_kana: str
    postal_code: str
    address_lines: tuple[str, ...]
    network_id: str
    locale: str


@dataclass(frozen=True)
class ProgrammeTerms:
    """What the memorandum promises. `honorarium`: pairs (from how many minutes, yen), ascending.

    Texts of the programme's own are found by its `code` (`letters.CODE.toml`).
    """

    code: str
    title: str
    first_day: date
    last_day: date
    honorarium: tuple[tuple[int, int], ...]
    claim_within_months: int


@dataclass(frozen=True)
class Pack:
    """The papers of one person; `number` stands on all of them, and as a QR code the address `scan_url`.

    With an `envelope` the receiver's address shows in its window; without one it stands where a window of 90 × 45 mm
    would be, and a label goes on the envelope.
    """

    number: str
    issued_on: date
    recipient: Recipient
    organisation: Organisation
    programme: ProgrammeTerms
    route: Literal["course", "experienced"]
    scan_url: str
    envelope: Envelope | None = None


@dataclass(frozen=True)
class FollowUp:
    """A letter that says what is still missing, and the sheets to fill in once more.

    `sentences_ja` and `sentences` say the same, the latter in the receiver's language; for those who read Japanese
    they are not printed twice.
    """

    number: str
    issued_on: date
    recipient: Recipient
    organisation: Organisation
    programme: ProgrammeTerms
    scan_url: str
    sentences_ja: tuple[str, ...]
    sentences: tuple[str, ...]
    needs_memorandum: bool
    needs_bank_form: bool
    envelope: Envelope | None = None


@dataclass(frozen=True)
class Addressee:
    """Somebody whose address is printed on a label."""

    name: str
    postal_code: str
    address_lines: tuple[str, ...]

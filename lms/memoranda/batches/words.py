"""The sentences of the proof sheet and of tracking numbers, in one place, in the reader's language."""

from lms.kernel.i18n import gettext
from lms.memoranda.batches.rules import Code, Finding
from lms.memoranda.postage.tracking import Doubt
from lms.memoranda.rules import Service


def finding_sentence(finding: Finding) -> str:
    """What was found, and what it asks for."""
    about = finding.about
    sentences = {
        Code.ADDRESS_MISSING: gettext("The address is missing."),
        Code.PAPERS_MISSING: gettext("The papers are still being made. Wait a moment and look again."),
        Code.UNKNOWN_POSTCODE: gettext("There is no postcode %(postcode)s. Is it right?", postcode=about),
        Code.PREFECTURE_DIFFERS: gettext("The postcode belongs to %(place)s, the address does not.", place=about),
        Code.CITY_DIFFERS: gettext(
            "The postcode belongs to %(place)s, but the address names another city.", place=about
        ),
        Code.MISSING_NUMBER: gettext("The address has no house number."),
        Code.MISSING_ROOM: gettext("The room number seems to be missing: %(line)s", line=about),
        Code.NOT_PRINTABLE: gettext("These letters cannot be printed, only empty boxes: %(signs)s", signs=about),
        Code.CHANGED_SINCE: gettext("Name or address has changed since it was last looked at here."),
        Code.HOUSEHOLD: gettext("Somebody else at the same address gets papers too: %(numbers)s", numbers=about),
        Code.OVERLONG: gettext("This line is very long and will be printed small: %(line)s", line=about),
    }
    return sentences[finding.code]


def doubt_sentence(doubt: Doubt, *, service: Service) -> str:
    """What looks wrong with a tracking number."""
    digits = 12 if service in {Service.LETTER_PACK_LIGHT, Service.LETTER_PACK_PLUS} else 11
    sentences = {
        Doubt.MISSING: gettext("The tracking number is missing."),
        Doubt.NOT_EXPECTED: gettext("An ordinary letter has no tracking number."),
        Doubt.LENGTH: gettext("A tracking number of this service has %(count)s digits.", count=digits),
        Doubt.CHECK_DIGIT: gettext("The last digit does not fit the others. Compare it with the sticker."),
        Doubt.TWICE: gettext("This number stands twice."),
    }
    return sentences[doubt]

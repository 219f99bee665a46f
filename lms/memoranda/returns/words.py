"""What is wrong with the papers that came back, in words: the one set of sentences for pages, mail and letter."""

from collections.abc import Iterable

from lms.kernel.i18n import gettext, reading_in
from lms.memoranda.rules import Fault


def fault_sentence(fault: str) -> str:
    """What is wrong, for the secretariat and for the supporter; in the reader's language."""
    sentences = {
        Fault.MEMORANDUM_MISSING: gettext("The memorandum was not in the envelope."),
        Fault.MEMORANDUM_NOT_SIGNED: gettext("The memorandum has neither a signature nor a seal."),
        Fault.MEMORANDUM_NOT_DATED: gettext("The date is missing on the memorandum."),
        Fault.MEMORANDUM_DAMAGED: gettext("The memorandum is damaged and cannot be read everywhere."),
        Fault.BANK_FORM_MISSING: gettext("The bank form was not in the envelope."),
        Fault.BANK_FORM_NOT_SIGNED: gettext("The bank form has neither a signature nor a seal."),
        Fault.ACCOUNT_UNREADABLE: gettext("The bank account on the bank form cannot be read."),
        Fault.ACCOUNT_INCOMPLETE: gettext("Something is missing in the bank account on the bank form."),
        Fault.HOLDER_DIFFERS: gettext("The holder of the bank account has another name than you."),
    }
    return sentences[Fault(fault)]


def remedy_sentence(fault: str) -> str:
    """What the supporter is to do about it."""
    sentences = {
        Fault.MEMORANDUM_MISSING: gettext("Please sign one copy or put your seal on it, and send it."),
        Fault.MEMORANDUM_NOT_SIGNED: gettext("Please sign one copy or put your seal on it, and send it."),
        Fault.MEMORANDUM_NOT_DATED: gettext(
            "Please write the date on one copy, sign it or put your seal on it, and send it."
        ),
        Fault.MEMORANDUM_DAMAGED: gettext("Please sign another copy or put your seal on it, and send it."),
        Fault.BANK_FORM_MISSING: gettext("Please fill in the bank form and send it."),
        Fault.BANK_FORM_NOT_SIGNED: gettext(
            "Please fill in the bank form once more, sign it or put your seal on it, and send it."
        ),
        Fault.ACCOUNT_UNREADABLE: gettext("Please fill in the bank form once more, clearly, and send it."),
        Fault.ACCOUNT_INCOMPLETE: gettext(
            "Please fill in the bank form once more, with bank, branch, kind of account, number and name, and send it."
        ),
        Fault.HOLDER_DIFFERS: gettext("Please name an account that is in your own name, or call us if you have none."),
    }
    return sentences[Fault(fault)]


def in_language(faults: Iterable[str], *, locale: str) -> tuple[tuple[str, str], ...]:
    """(what is wrong, what to do) for each fault in somebody's language, for a letter."""
    with reading_in(locale):
        return tuple((fault_sentence(fault), remedy_sentence(fault)) for fault in faults)

"""The languages captions may be in: those the site is offered in, and others that migrants in Japan speak."""

from collections.abc import Mapping

from babel import Locale

from lms.kernel import i18n

FURTHER = (
    "am", "ar", "bn", "de", "fa", "fil", "fr", "hi", "id", "it", "km", "ko", "ku", "lo", "mn", "my", "ne", "pa", "ps",
    "pt-BR", "ru", "si", "sw", "ta", "th", "ti", "tr", "uk", "ur", "uz", "zh-Hans", "zh-Hant",
)  # fmt: skip


def is_known(code: str) -> bool:
    """Whether there may be captions in this language."""
    return i18n.is_offered(code) or code in FURTHER


def tag_of(code: str) -> str:
    """The BCP-47 tag for `lang` and `srclang`."""
    return i18n.language(code).tag if i18n.is_offered(code) else code.partition("@")[0]


def own_name(code: str) -> str:
    """What its speakers call it."""
    if i18n.is_offered(code):
        return i18n.language(code).own_name
    locale = _locale(code)
    return str(locale.get_display_name(locale))


def direction(code: str) -> str:
    """`ltr` or `rtl`."""
    return str(_locale(code).text_direction)


def choices() -> Mapping[str, str]:
    """Every language by code with its name: those of the site, then the others by their names for this reader."""
    here = Locale.parse(i18n.current_language().tag, sep="-")
    further = {code: f"{_locale(code).get_display_name(here)} ({own_name(code)})" for code in FURTHER}
    rest = {code: name for code, name in further.items() if not i18n.is_offered(code)}
    return {one.code: one.own_name for one in i18n.offered()} | dict(sorted(rest.items(), key=lambda pair: pair[1]))


def in_order(code: str) -> tuple[int, str]:
    """Sorts languages as the site offers them, the others behind them."""
    offered = i18n.codes()
    return (offered.index(code) if code in offered else len(offered), code)


def _locale(code: str) -> Locale:
    return Locale.parse(tag_of(code), sep="-")

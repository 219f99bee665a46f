"""`make messages`: collect every sentence of code and templates into the catalogues of all offered languages.

Nothing is guessed: a sentence that changed comes back empty, for a person to translate.
"""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from lms.kernel.i18n import SOURCE, codes

ROOT = Path(__file__).resolve().parents[1]
METHODS = [("**/migrations/**", "ignore"), ("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
FOLDERS = ("courses", "lms", "surveys", "templates")
# A refusal carries its sentence as an argument; it is translated where it is shown.
REFUSALS = ("NotFound", "Conflict", "Refused", "Invalid", "msgid")
OURS = {"_l": None, "lazy_gettext": None, "lazy_pgettext": ((1, "c"), 2)}
KEYWORDS = DEFAULT_KEYWORDS | OURS | dict.fromkeys(REFUSALS)


def collect() -> Catalog:
    """Every sentence there is, with translators' comments."""
    catalog = Catalog(project="bansou-lms", charset="utf-8", fuzzy=False)
    for folder in FOLDERS:
        found = extract_from_dir(
            ROOT / folder,
            method_map=METHODS,
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            strip_comment_tags=True,
        )
        for _file, _line, message, comments, context in found:
            catalog.add(message, auto_comments=comments, context=context)
    return catalog


def main() -> None:
    """Update or begin each language's catalogue."""
    collected = collect()
    for locale in sorted({*codes()} - {SOURCE}):
        path = ROOT / "translations" / locale / "LC_MESSAGES" / "messages.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog = Catalog(locale=locale, project="bansou-lms", charset="utf-8", fuzzy=False)
        if path.exists():
            with path.open("rb") as file:
                catalog = read_po(file, locale=locale)
        catalog.update(collected, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalog, width=110, no_location=True, sort_output=True, omit_header=False)
        missing = sum(1 for message in catalog if message.id and not message.string)
        print(f"{locale:8} {len(catalog)} sentences, {missing} without translation")  # noqa: T201


if __name__ == "__main__":
    main()

"""From a pack, or a letter that says what is missing, to a PDF."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from io import BytesIO
from itertools import zip_longest
from os import cpu_count
from pathlib import Path
from typing import Any

import segno
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from lms.kernel import i18n, resources
from lms.memoranda.papers.content import FollowUp, Pack, ProgrammeTerms, Recipient
from lms.memoranda.papers.envelopes import USUAL_BLOCK, USUAL_SEEN
from lms.memoranda.papers.fonts import check_faces, em, families_for
from lms.memoranda.papers.texts import Texts, spoken, texts_of
from lms.memoranda.papers.typesetting import typeset

PACK, FOLLOW_UP, EXPLANATION = "pack.typ", "follow_up.typ", "explanation.typ"
PAGES_IN_JAPANESE, PAGES = 5, 6
PER_FILE = 40
"""So many packs stay a file that a printer takes at once; `bench/README.md` says what they take."""

AT_A_TIME = 2
MOST_EXPLANATIONS = 16
JAPANESE = Locale("ja")
MILLIMETRE = 72 / 25.4
READING, VALUE = re.compile(r"\{([^{}|]+)\|[^{}]+\}"), re.compile(r"\{\w+\}")
BETWEEN_WORDS = re.compile("[ \u3000]")

# What is set without being measured: in these bounds it fits wherever it stands.
ORDINARY_NAME_EM = 16
ORDINARY_LINES = 3
ORDINARY_LINE_EM = 71 * MILLIMETRE / 8

IRREGULAR_DAYS = {
    1: "ついたち", 2: "ふつか", 3: "みっか", 4: "よっか", 5: "いつか", 6: "むいか", 7: "なのか", 8: "ようか",
    9: "ここのか", 10: "とおか", 14: "じゅうよっか", 20: "はつか", 24: "にじゅうよっか",
}  # fmt: skip


def pages_of(pack: Pack) -> int:
    """How many A4 sheets a pack is."""
    return pages_for(pack.recipient.locale)


def pages_for(locale: str) -> int:
    """How many sheets somebody gets; who reads another language than Japanese has an explanation in easy Japanese."""
    return PAGES_IN_JAPANESE if spoken(locale).code == i18n.DEFAULT else PAGES


def template_version(paper: Pack | FollowUp) -> str:
    """Which words and layout a paper is set from; it stands at the foot of every page."""
    return _texts(paper).version


def render(packs: Sequence[Pack], *, fonts: Path | None = None) -> bytes:
    """One tagged PDF of all packs in their order, `pages_of` A4 pages each; the same packs make the same bytes.

    Each paper is one page and starts a new sheet, so the file is to be printed on one side: printed on both, one copy
    of the memorandum would stand on the back of the letter. Blank pages are not put in between to prevent that.

    Many packs are better taken from `render_in_files`: each takes about 8 MB of memory while a file is set.
    """
    if not packs:
        raise ValueError("There is no pack to print.")
    return _set(PACK, packs, fonts=fonts)


def render_in_files(packs: Sequence[Pack], *, per_file: int = PER_FILE, fonts: Path | None = None) -> Iterator[bytes]:
    """Any number of packs as several PDFs in their order, two of them set at a time."""
    with ThreadPoolExecutor(min(AT_A_TIME, cpu_count() or 1)) as workers:
        some = [packs[n : n + per_file] for n in range(0, len(packs), per_file)]
        yield from workers.map(lambda file: render(file, fonts=fonts), some)


def render_follow_up(letters: Sequence[FollowUp], *, fonts: Path | None = None) -> bytes:
    """One tagged PDF of letters that say what is missing, each followed by the sheets that are needed again."""
    if not letters:
        raise ValueError("There is no letter to print.")
    return _set(FOLLOW_UP, letters, fonts=fonts)


def set_again(main: str, data: Mapping[str, Any], texts: Texts, *, fonts: Path | None = None) -> bytes:
    """One paper set from what was kept of it: its own data and the texts of its time."""
    return _typeset(main, [data], [texts], fonts=fonts)


def data_of(paper: Pack | FollowUp, *, fonts: Path | None = None) -> dict[str, Any]:
    """What one paper is set from beside its texts, as JSON takes it. It holds name and address."""
    fonts = fonts or resources.fonts_dir()
    check_faces(fonts)
    to, language = paper.recipient, spoken(paper.recipient.locale)
    theirs = Locale.parse(language.code.partition("@")[0])
    families = families_for("".join((to.name, to.name_kana, *to.address_lines)), fonts=fonts)
    envelope = paper.envelope
    data: dict[str, Any] = {
        "number": paper.number,
        "version": template_version(paper),
        "date": [paper.issued_on.year, paper.issued_on.month, paper.issued_on.day],
        "issued": format_date(paper.issued_on, "long", JAPANESE),
        "recipient": asdict(to) | {"locale": language.code},
        "organisation": asdict(paper.organisation),
        "programme": _programme(paper.programme, theirs),
        "window": {
            "block": asdict(envelope.block if envelope else USUAL_BLOCK),
            "seen": asdict(envelope.seen if envelope else USUAL_SEEN),
        },
        "families": families,
        "details": {
            "qr": _qr(paper.scan_url),
            "widths": {text: [em(word, fonts=fonts) for word in BETWEEN_WORDS.split(text)] for text in _fitted(paper)},
        },
        "group": "",
        "explanation": _explanation(paper),
        "is-ordinary": not families and _is_ordinary(to, fonts),
        "places": _places(paper),
    }
    if isinstance(paper, Pack):
        return data | {"route": paper.route}
    return data | {
        "sentences-ja": paper.sentences_ja,
        "sentences": paper.sentences,
        "needs-memorandum": paper.needs_memorandum,
        "needs-bank-form": paper.needs_bank_form,
    }


def _set(main: str, papers: Sequence[Pack | FollowUp], *, fonts: Path | None) -> bytes:
    groups: dict[object, str] = {}
    texts = [_texts(paper) for paper in papers]
    data = [data_of(paper, fonts=fonts) for paper in papers]
    for paper, one in zip(papers, data, strict=True):
        alike = (one["version"], paper.organisation, paper.programme, paper.envelope, one.get("route"))
        one["group"] = groups.setdefault(alike, f"-{len(groups)}") if len(papers) > 1 else ""
    return _typeset(main, data, texts, fonts=fonts)


def _typeset(main: str, data: Sequence[Mapping[str, Any]], texts: Sequence[Texts], *, fonts: Path | None) -> bytes:
    words = {one.version: one.words for one in texts}
    sources = dict(texts[0].sources)
    for paper, its_texts in zip(data, texts, strict=True):
        name = f"explanation{paper['group']}.pdf"
        if paper["explanation"] and name not in sources:
            # Of what it is set from, nothing is a person's own: it is the same for a whole group.
            nobody = {"number": "", "recipient": {}, "group": "", "families": [], "details": {}}
            shared = _whole([{**paper, **nobody}], {its_texts.version: its_texts.words})
            sources[name] = _explanation_page(its_texts, json.dumps(shared), fonts)
    return typeset(main, sources=sources, data=_whole(data, words), fonts=fonts)


@lru_cache(maxsize=MOST_EXPLANATIONS)
def _explanation_page(texts: Texts, data: str, fonts: Path | None) -> bytes:
    return typeset(EXPLANATION, sources=texts.sources, data=json.loads(data), fonts=fonts)


def _whole(papers: Sequence[Mapping[str, Any]], words: Mapping[str, Any]) -> dict[str, Any]:
    first = papers[0]
    return {
        "date": first["date"],
        "author": first["organisation"]["name"],
        "papers": [{key: value for key, value in paper.items() if key != "details"} for paper in papers],
        "details": {paper["number"]: paper["details"] for paper in papers},
        "words": words,
    }


def _texts(paper: Pack | FollowUp) -> Texts:
    return texts_of(paper.recipient.locale, programme=paper.programme.code)


def _places(paper: Pack | FollowUp) -> int:
    return pages_of(paper) if isinstance(paper, Pack) else 1 + paper.needs_memorandum + paper.needs_bank_form


def _explanation(paper: Pack | FollowUp) -> str | None:
    """The memorandum in easy Japanese as plain text, which describes its picture; None who reads Japanese."""
    words = _texts(paper).words.get("explanation")
    if words is None or isinstance(paper, FollowUp):
        return None
    said = (words["intro"], *(f"{article['title']}。{article['text']}" for article in words["articles"]))
    values = {"first_day": paper.programme.first_day, "last_day": paper.programme.last_day}
    days = {key: format_date(day, "long", JAPANESE) for key, day in values.items()}
    filled = "\n".join(said).replace("{first_day}", days["first_day"]).replace("{last_day}", days["last_day"])
    return VALUE.sub("…", READING.sub(r"\1", filled))


def _fitted(paper: Pack | FollowUp) -> tuple[str, ...]:
    """The texts whose size depends on how wide they are."""
    to, by = paper.recipient, paper.organisation
    sender = f"〒{by.postal_code}\u3000{by.address}"
    return (to.name, to.name_kana, *to.address_lines, by.name, by.address, by.representative, sender)


def _is_ordinary(to: Recipient, fonts: Path) -> bool:
    lines = to.address_lines
    return (
        em(to.name, fonts=fonts) <= ORDINARY_NAME_EM
        and len(lines) <= ORDINARY_LINES
        and all(em(line, fonts=fonts) <= ORDINARY_LINE_EM for line in lines)
    )


def _programme(terms: ProgrammeTerms, theirs: Locale) -> dict[str, object]:
    starts = [minutes for minutes, _ in terms.honorarium]
    days = (terms.first_day, terms.last_day)
    bands = [
        {
            # A first band from zero is said as "less than …", without its beginning.
            "from": None if below and not minutes else minutes,
            "below": below,
            "yen": format_decimal(yen, locale=JAPANESE),
            "yen_in_their_language": format_decimal(yen, locale=theirs),
        }
        for (minutes, yen), below in zip_longest(terms.honorarium, starts[1:])
    ]
    return {
        "title": terms.title,
        "first_day": format_date(terms.first_day, "long", JAPANESE),
        "last_day": format_date(terms.last_day, "long", JAPANESE),
        "days_in_their_language": [format_date(day, "long", theirs) for day in days],
        "easy_days": [_easy_day(day) for day in days],
        "claim_within_months": terms.claim_within_months,
        "bands": bands,
    }


def _easy_day(day: date) -> str:
    """A day in figures, with a reading above each kanji."""
    irregular = IRREGULAR_DAYS.get(day.day)
    last = f"{{{day.day}日|{irregular}}}" if irregular else f"{day.day}{{日|にち}}"
    return f"{day.year}{{年|ねん}}{day.month}{{月|がつ}}{last}"


def _qr(text: str) -> str:
    drawing = BytesIO()
    segno.make(text, micro=False, error="m").save(drawing, kind="svg", border=0)
    return drawing.getvalue().decode()

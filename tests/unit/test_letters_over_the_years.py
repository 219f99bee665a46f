"""Papers over the years: versions of their words, the same bytes anywhere, letters that follow, names in any script."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from lms.kernel import i18n
from lms.kernel.content import ContentError
from lms.kernel.i18n import language
from lms.memoranda.papers import pages_of, render, render_follow_up, render_in_files
from lms.memoranda.papers.envelopes import Box, Envelope
from lms.memoranda.papers.rendering import PACK, data_of, set_again
from lms.memoranda.papers.texts import Texts, texts_of
from tests.papers import WORDS, a_follow_up, a_pack, a_recipient, places_of_text, squeezed, texts_on_pages

ROOT = Path(__file__).parents[2]


def test_the_version_names_the_words_and_no_others(tmp_path: Path):
    shipped = {locale: texts_of(locale, programme="new-migration-era-2023") for locale in WORDS}
    before = render([a_pack()])

    with a_changed_word(tmp_path, "ja", "敬具", "かしこ"):
        changed = {locale: texts_of(locale, programme="new-migration-era-2023") for locale in WORDS}
        after = render([a_pack()])

    # The Japanese letter is in everybody's pack.
    assert [changed[locale].version == shipped[locale].version for locale in WORDS] == [False] * len(WORDS)
    assert len({texts.version for texts in shipped.values()}) == len(WORDS)
    assert texts_of("ja", programme="new-migration-era-2023").version == shipped["ja"].version
    assert (before == render([a_pack()]), before == after) == (True, False)


def test_a_programme_says_something_else_in_a_file_of_its_own(tmp_path: Path):
    own = '[cover]\ntitle = "次の事業の書類について"\n'

    with a_language_folder(tmp_path, "ja", **{"letters.next.toml": own}):
        terms = replace(a_pack().programme, code="next")
        other = texts_on_pages.__wrapped__(a_pack(programme=terms))[0]
        usual = texts_on_pages.__wrapped__(a_pack())[0]

    assert ("次の事業の書類について" in other, "次の事業の書類について" in usual) == (True, False)


def test_a_word_of_a_programme_that_no_paper_has_is_named(tmp_path: Path):
    with (
        a_language_folder(tmp_path, "ja", **{"letters.next.toml": '[cover]\ntittle = "…"\n'}),
        pytest.raises(ContentError, match=r"letters.next.toml:1: 'cover.tittle' is not in letters.toml"),
    ):
        texts_of("ja", programme="next")


@contextmanager
def a_changed_word(folder: Path, code: str, old: str, new: str) -> Iterator[None]:
    text = (language(code).folder / "letters.toml").read_text("utf-8")
    with a_language_folder(folder, code, **{"letters.toml": text.replace(old, new)}):
        yield


@contextmanager
def a_language_folder(folder: Path, code: str, **files: str) -> Iterator[None]:
    """The site with an operator's own folder of a language, in which some files say something else."""
    shutil.copytree(language(code).folder, folder / code)
    for name, text in files.items():
        (folder / code / name).write_text(text, "utf-8")
    i18n.open_languages(folder)
    try:
        yield
    finally:
        i18n.open_languages(None)


def test_texts_that_were_put_away_set_the_same_paper_after_the_words_have_changed(tmp_path: Path):
    pack = a_pack(a_recipient(locale="vi"))
    texts, data, before = texts_of("vi", programme=pack.programme.code), data_of(pack), render([pack])
    put_away = texts.zipped()

    with a_changed_word(tmp_path, "ja", "敬具", "かしこ"):
        again = set_again(PACK, data, Texts.unzipped(texts.version, put_away))

    assert again == before
    assert Texts.unzipped(texts.version, put_away).zipped() == put_away


def test_another_process_in_another_place_makes_the_same_bytes():
    script = (
        "import sys; from tests.papers import a_pack, a_recipient; from lms.memoranda.papers import render\n"
        "sys.stdout.buffer.write(render([a_pack(), a_pack(a_recipient(locale='ja@easy'), number='M2026-00043')]))"
    )
    elsewhere = {"LC_ALL": "tr_TR.UTF-8", "TZ": "America/Lima", "PYTHONHASHSEED": "7", "LANG": "C"}

    made = [
        subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, env=os.environ | more, capture_output=True, check=True
        ).stdout
        for more in ({"PYTHONHASHSEED": "1"}, elsewhere)
    ]

    assert made[0] == made[1]
    assert made[0] == render([a_pack(), a_pack(a_recipient(locale="ja@easy"), number="M2026-00043")])


def test_who_reads_another_language_gets_the_memorandum_explained_in_easy_japanese():
    pack = a_pack(a_recipient(locale="vi"))
    *_, explanation = PdfReader(BytesIO(render([pack]))).pages

    described = [element for element in described_pictures(render([pack])) if "伴走支援は、役所" in element]

    assert (pages_of(a_pack()), pages_of(pack)) == (5, 6)
    assert squeezed("M2026-00042") in squeezed(explanation.extract_text())
    assert len(described) == 1


def described_pictures(pdf: bytes) -> list[str]:
    """What a screen reader says instead of each picture."""
    found: list[str] = []
    for number in range(1, len(PdfReader(BytesIO(pdf)).xref[0]) + 1):
        thing = PdfReader(BytesIO(pdf)).get_object(number)
        if isinstance(thing, dict) and "/Alt" in thing:
            found.append(str(thing["/Alt"]))
    return found


def test_many_packs_come_as_several_files_in_their_order():
    packs = [a_pack(number=f"M2026-{n:05d}") for n in range(7)]

    files = [PdfReader(BytesIO(pdf)) for pdf in render_in_files(packs, per_file=3)]

    assert [len(file.pages) for file in files] == [15, 15, 5]
    assert [f"M2026-{n:05d}" in files[n // 3].pages[n % 3 * 5].extract_text() for n in range(7)] == [True] * 7


@pytest.mark.parametrize(
    ("needs_memorandum", "needs_bank_form", "titles"),
    [
        (False, False, ["ご返送いただいた書類について"]),
        (True, False, ["ご返送いただいた書類について", "【事務局保管用】"]),
        (False, True, ["ご返送いただいた書類について", "【事務局提出用】"]),
        (True, True, ["ご返送いただいた書類について", "【事務局保管用】", "【事務局提出用】"]),
    ],
)
def test_the_letter_about_what_is_missing_brings_the_sheets_that_are_needed_again(
    needs_memorandum: bool, needs_bank_form: bool, titles: list[str]
):
    letter = a_follow_up(needs_memorandum=needs_memorandum, needs_bank_form=needs_bank_form)

    pages = [squeezed(page.extract_text()) for page in PdfReader(BytesIO(render_follow_up([letter]))).pages]

    assert [title in page for title, page in zip(titles, pages, strict=True)] == [True] * len(titles)
    assert [f"{n}/{len(titles)}" in page for n, page in enumerate(pages, 1)] == [True] * len(titles)


def test_the_letter_about_what_is_missing_says_it_in_both_languages_and_reads_nothing_as_markup():
    letter = a_follow_up(sentences=("The date is missing.", "#panic() {phone} {a|b} *x*"))

    page = squeezed(PdfReader(BytesIO(render_follow_up([letter]))).pages[0].extract_text())

    assert squeezed("覚書に日付がありません。") in page
    assert squeezed("The date is missing.") in page
    assert squeezed("#panic() {phone} ba *x*") in page


def test_the_address_shows_in_the_window_of_the_envelope_wherever_the_sheet_slides():
    other = Envelope("other", "", 240, 120, Box(24, 20, 88, 45), 210, 99)

    reader = PdfReader(BytesIO(render([a_pack(envelope=other)])))

    shown = [place for place in places_of_text(reader) if place[0] < 112 and place[1] < 65]
    assert (other.block, other.seen) == (Box(24, 20, 58, 24), Box(0, 0, 112, 65))
    assert len(shown) >= 3
    assert [(x, y) for x, y in shown if not (24 <= x < 82 and 20 < y <= 44)] == []


@pytest.mark.parametrize("name", ["محمد علي حسن", "김철수", "张伟", "မောင်မောင်", "राम बहादुर क्षेत्री", "สมชาย ใจดี"])
def test_a_name_in_another_script_is_set_in_a_typeface_that_holds_it(name: str):
    file = PdfReader(BytesIO(render([a_pack(a_recipient(name=name))])))

    typefaces = {str(font["/BaseFont"]) for font in file.pages[0]["/Resources"]["/Font"].values()}

    assert len(file.pages) == 5
    assert len({face.partition("+")[2].partition("-")[0] for face in typefaces} - {"NotoSansJP"}) == 1

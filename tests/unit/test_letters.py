"""The pack in the post: what stands on its five pages, and that nothing a person is called can break it."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from lms.kernel import i18n, resources
from lms.kernel.content import ContentError
from lms.kernel.i18n import codes, language
from lms.memoranda.papers import (
    FollowUp,
    Organisation,
    Pack,
    ProgrammeTerms,
    Recipient,
    missing_glyphs,
    pages_of,
    render,
    render_follow_up,
    render_in_files,
    template_version,
)
from lms.memoranda.papers.envelopes import Box, Envelope
from lms.memoranda.papers.fonts import FACES
from lms.memoranda.papers.rendering import PACK, data_of, set_again
from lms.memoranda.papers.texts import Texts, texts_of, words

WORDS = {code: words(language(code)) for code in codes()}
MILLIMETRES = 25.4 / 72
ROOT = Path(__file__).parents[2]

SIXTY_LATIN = "María de los Ángeles Guadalupe Fernández-Villavicencio Ortiz"
SIXTY_KANJI = "寿限無寿限無五劫擦切" * 6
ONE_LONG_WORD = "Rakotomalalandrianampoinimerinatompokoindrindravololona"


def a_recipient(**changes: Any) -> Recipient:
    return replace(
        Recipient(
            name="髙﨑 花子",
            name_kana="タカサキ ハナコ",
            postal_code="330-0063",
            address_lines=("埼玉県さいたま市浦和区見本3-15-1", "メゾン見本 402号室"),
            network_id="BN-04217-K",
            locale="ja",
        ),
        **changes,
    )


def a_pack(recipient: Recipient | None = None, **changes: Any) -> Pack:
    return replace(
        Pack(
            number="M2026-00042",
            issued_on=date(2026, 11, 22),
            recipient=recipient or a_recipient(),
            organisation=Organisation(
                name="特定非営利活動法人 見本ネットワーク",
                postal_code="110-0005",
                address="東京都台東区見本町一丁目2番3号 見本ビル3階",
                representative="代表理事 見本 太郎",
                phone="03-0000-0000",
                email="office@example.org",
            ),
            programme=ProgrammeTerms(
                code="new-migration-era-2023",
                title="「新移民時代型」支援ネットワーク構築事業",
                first_day=date(2023, 7, 10),
                last_day=date(2026, 2, 28),
                honorarium=((60, 4000), (120, 8000)),
                claim_within_months=1,
            ),
            route="course",
            scan_url="https://lms.example.org/r/M2026-00042",
        ),
        **changes,
    )


@cache
def texts_on_pages(*packs: Pack) -> list[str]:
    """The text of each page without any white space: lines break where they like."""
    return [squeezed(page.extract_text()) for page in PdfReader(BytesIO(render(packs))).pages]


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_a_pack_is_five_papers_in_the_order_of_the_letter():
    pages = texts_on_pages(a_pack())

    titles = ["送付について", "【事務局保管用】", "【本人控え】", "謝金受取口座届出書", "返信用あて名ラベル"]
    assert [title in page for title, page in zip(titles, pages, strict=True)] == [True] * 5


def test_every_paper_bears_the_number_the_version_and_its_place():
    pages = texts_on_pages(a_pack())

    assert [f"文書番号M2026-00042様式{template_version(a_pack())}{n}/5" in page for n, page in enumerate(pages, 1)] == [
        True
    ] * 5


def test_both_copies_say_the_same_under_the_same_number():
    _, office, own, _, _ = texts_on_pages(a_pack())

    office = office.replace("【事務局保管用】署名または押印して、返送してください", "").replace("2/5", "")
    own = own.replace("【本人控え】署名または押印して、お手元に保管してください", "").replace("3/5", "")
    assert office == own
    assert office.count("M2026-00042") == 2


def test_the_same_packs_make_the_same_bytes():
    packs = [a_pack(), a_pack(a_recipient(locale="vi"), number="M2026-00043")]

    assert hashlib.sha256(render(packs)).digest() == hashlib.sha256(render(packs)).digest()


def test_the_date_of_the_file_is_the_date_of_the_letter_and_its_title_names_nobody():
    reader = PdfReader(BytesIO(render([a_pack()])))

    assert dict(reader.metadata or {}) == {
        "/Title": "覚書・謝金受取口座届出書",
        "/Author": "特定非営利活動法人 見本ネットワーク",
        "/Creator": reader.metadata.creator if reader.metadata else None,
        "/CreationDate": "D:20261122000000Z",
        "/ModDate": "D:20261122000000Z",
    }


def test_the_file_is_tagged_and_says_its_language():
    root = PdfReader(BytesIO(render([a_pack()]))).root_object

    assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, "ja-JP")


@pytest.mark.parametrize(
    ("name", "locale"),
    [
        ("髙﨑 𠮷邉", "ja"),
        ("Nguyễn Thị Đào", "vi"),
        ("Nguye\u0302\u0303n Thi\u0323 Đa\u0300o", "vi"),
        ("Suryadi", "en"),
        ("李", "ja@easy"),
        (SIXTY_LATIN, "es"),
        (SIXTY_KANJI, "ja@easy"),
        (ONE_LONG_WORD, "ja"),
        ('#import *bold* _it_ $x^2$ `raw` @ref <label> \\ // {name|よみ} [x] ~ -- "q"', "ja@easy"),
        ("#panic() {phone}", "en"),
    ],
)
def test_any_name_stands_as_it_is_on_the_papers_it_belongs_to(name: str, locale: str):
    pages = texts_on_pages(a_pack(a_recipient(name=name, locale=locale)))

    assert [squeezed(name) in page for page in pages[:5]] == [True, True, True, True, False]


@pytest.mark.parametrize(
    "lines",
    [
        ("東京都新宿区百人町1-1-1",),
        (
            "京都府京都市上京区寺町通今出川下る二丁目東入る見本町一丁目115番地の2",
            "グランド見本京都御所東棟 1204号室",
            "見本 様方",
        ),
        ("北海道" + "長" * 57, "マンション" * 10, "棟" * 30, "様方" * 10),
        ("#set page(width: 1mm)", "*2-3* $5$"),
    ],
)
def test_any_address_keeps_to_the_window_and_the_pack_to_its_pages(lines: tuple[str, ...]):
    recipient = a_recipient(name=SIXTY_KANJI, address_lines=lines)
    reader = PdfReader(BytesIO(render([a_pack(recipient)])))

    shown = [place for place in places_of_text(reader) if place[0] < 112 and place[1] < 58]
    assert len(reader.pages) == 5
    assert squeezed("".join(lines)) in squeezed(reader.pages[0].extract_text())
    assert [place for place in shown if not (20 <= place[0] < 85 and 12 < place[1] <= 36)] == []
    assert len(shown) >= 3


def places_of_text(reader: PdfReader) -> list[tuple[float, float]]:
    """Where each run of text on the cover letter begins, in millimetres from the left and from the top."""
    places: list[tuple[float, float]] = []

    def note(text: str, matrix: list[float], line: list[float], *_: object) -> None:
        if text.strip():
            x = line[4] * matrix[0] + line[5] * matrix[2] + matrix[4]
            y = line[4] * matrix[1] + line[5] * matrix[3] + matrix[5]
            places.append((round(x * MILLIMETRES, 1), round(297 - y * MILLIMETRES, 1)))

    reader.pages[0].extract_text(visitor_text=note)
    return places


@pytest.mark.parametrize(("name", "size"), [("髙﨑 花子", 9.5), (SIXTY_LATIN, 9.25)])
def test_the_memorandum_is_set_in_the_largest_type_that_fits(name: str, size: float):
    page = PdfReader(BytesIO(render([a_pack(a_recipient(name=name))]))).pages[1]
    sizes: list[float] = []

    page.extract_text(
        visitor_text=lambda text, _m, line, _f, points: sizes.append(points * line[0]) if "本覚書" in text else None
    )

    assert set(sizes) == {size}


@pytest.mark.parametrize("locale", [locale for locale in WORDS if locale != "ja"])
@pytest.mark.parametrize("route", ["course", "experienced"])
def test_every_language_has_its_half_of_the_letter_and_its_glosses(locale: str, route: Any):
    letter, _, _, bank_form, label, _ = texts_on_pages(a_pack(a_recipient(locale=locale), route=route))

    words = WORDS[locale]
    assert squeezed(words["pointer"]) in letter
    assert squeezed(as_drawn(words["letter"][f"why-{route}"])) in letter
    assert squeezed(words["gloss"]["own-only"]) in bank_form
    assert squeezed(words["gloss"]["cut"]) in label


def as_drawn(words: str) -> str:
    """The reading is drawn before what stands below it."""
    return re.sub(r"\{([^|}]+)\|([^}]+)\}", r"\2\1", words)


def test_who_reads_japanese_gets_japanese_only():
    letter, *_ = texts_on_pages(a_pack())

    assert [word for word in ("Dear", "Kính", "Hola", "さんへ") if word in letter] == []


def test_every_language_says_the_same_things():
    def shape(table: dict[str, Any]) -> dict[str, Any]:
        return {
            key: shape(value) if isinstance(value, dict) else len(value) if isinstance(value, list) else None
            for key, value in table.items()
        }

    shapes = {locale: shape(words) for locale, words in WORDS.items() if locale != "ja"}
    del shapes["ja@easy"]["explanation"]
    assert dict.fromkeys(shapes, shapes["en"]) == shapes


def test_the_letter_says_why_it_comes():
    course, *_ = texts_on_pages(a_pack(route="course"))
    experienced, *_ = texts_on_pages(a_pack(route="experienced"))

    assert ("アンケートへのご回答を確認し" in course, "ご経験を確認し" in course) == (True, False)
    assert ("アンケートへのご回答を確認し" in experienced, "ご経験を確認し" in experienced) == (False, True)


def test_figures_and_days_come_from_the_programme():
    terms = ProgrammeTerms(
        code="next",
        title="次の事業",
        first_day=date(2027, 4, 1),
        last_day=date(2028, 3, 31),
        honorarium=((0, 3000), (90, 5500), (240, 12000)),
        claim_within_months=2,
    )

    letter, memorandum, *_ = texts_on_pages(a_pack(a_recipient(locale="en"), programme=terms))

    assert "甲が行う次の事業（以下" in memorandum
    assert "2027年4月1日から2028年3月31日まで" in memorandum
    assert "2か月以内" in memorandum
    assert "1回の実施時間1時間30分未満1時間30分以上4時間未満4時間以上謝金の額3,000円5,500円12,000円" in memorandum
    assert squeezed("3,000 yen for less than 1 hour 30 minutes; 5,500 yen for 1 hour 30 minutes or more") in letter
    assert squeezed("from April 1, 2027 to March 31, 2028") in letter


def test_fifty_packs_are_one_file_in_their_order():
    locales = list(WORDS)
    packs = [a_pack(a_recipient(locale=locales[n % len(locales)]), number=f"M2026-{n:05d}") for n in range(50)]

    pages = PdfReader(BytesIO(render(packs))).pages

    assert len(pages) == sum(map(pages_of, packs))
    assert [f"M2026-{n:05d}" in pages[sum(map(pages_of, packs[:n]))].extract_text() for n in (0, 17, 49)] == [True] * 3


def test_no_pack_is_no_file():
    with pytest.raises(ValueError, match="no pack"):
        render([])


def test_without_its_typefaces_no_letter_goes_out(tmp_path: Path):
    for face in FACES[1:]:
        (tmp_path / face).symlink_to(resources.fonts_dir() / face)

    with pytest.raises(FileNotFoundError, match=FACES[0]):
        render([a_pack()], fonts=tmp_path)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("髙﨑 𠮷邉 Nguyễn Thị Đào", ""),
        ("Nguye\u0302\u0303n か\u3099 葛\U000e0100 a\u200bb", ""),
        ("김철수 张伟 มานี မောင် រដ្ឋា राम علی සමන් রহিম", ""),
        ("ᏣᎳᎩ Kim Ꮳ", "ᏣᎳᎩ"),
    ],
)
def test_characters_no_typeface_holds_are_named_once(text: str, missing: str):
    assert missing_glyphs(text) == missing


def test_an_organisation_that_is_not_filled_in_yet_still_has_a_proof():
    blank = Organisation(name="見本", postal_code="", address="", representative="", phone="", email="")
    nameless = a_recipient(name_kana="", address_lines=())

    assert len(texts_on_pages(a_pack(nameless, organisation=blank))) == 5


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
        "import sys; from tests.unit.test_letters import a_pack, a_recipient; from lms.memoranda.papers import render\n"
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


def a_follow_up(**changes: Any) -> FollowUp:
    pack = a_pack(a_recipient(locale="en"))
    letter = FollowUp(
        number=pack.number,
        issued_on=pack.issued_on,
        recipient=pack.recipient,
        organisation=pack.organisation,
        programme=pack.programme,
        scan_url=pack.scan_url,
        sentences_ja=("覚書に日付がありません。",),
        sentences=("The date is missing.",),
        needs_memorandum=False,
        needs_bank_form=False,
    )
    return replace(letter, **changes)


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

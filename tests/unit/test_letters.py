"""The pack in the post: what stands on its five pages, and that nothing a person is called can break it."""

import hashlib
import re
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from lms.kernel import resources
from lms.memoranda.papers import (
    Organisation,
    ProgrammeTerms,
    missing_glyphs,
    pages_of,
    render,
    render_follow_up,
    template_version,
)
from lms.memoranda.papers.fonts import FACES
from tests.papers import WORDS, a_follow_up, a_pack, a_recipient, places_of_text, squeezed, texts_on_pages

SIXTY_LATIN = "María de los Ángeles Guadalupe Fernández-Villavicencio Ortiz"
SIXTY_KANJI = "寿限無寿限無五劫擦切" * 6
ONE_LONG_WORD = "Rakotomalalandrianampoinimerinatompokoindrindravololona"


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


@pytest.mark.parametrize("locale", ["ja", "ja@easy", "vi"])
def test_however_much_is_missing_the_letter_about_it_is_one_page(locale: str):
    sentence = "謝金受取口座届出書の口座に、足りない項目があります。もう一度、すべての欄に記入して、お送りください。"
    asked = (sentence,) * 7
    letter = a_follow_up(
        recipient=a_recipient(locale=locale), sentences_ja=asked, sentences=() if locale == "ja" else asked
    )

    assert len(PdfReader(BytesIO(render_follow_up([letter]))).pages) == 1


def test_the_longest_name_and_reading_have_their_own_rows_on_the_bank_form():
    name, reading = "Mihon de la Muestra " * 6, "ミホン デ ラ ムエストラ " * 8
    page = PdfReader(BytesIO(render([a_pack(a_recipient(name=name.strip(), name_kana=reading.strip()))]))).pages[3]
    lines: list[tuple[float, str]] = []

    def note(text: str, matrix: list[float], line: list[float], *_: object) -> None:
        lines.append((line[4] * matrix[1] + line[5] * matrix[3] + matrix[5], text))

    page.extract_text(visitor_text=note)
    lowest_reading = min(y for y, text in lines if "ムエストラ" in text)
    names = [y for y, text in lines if "Muestra" in text]
    network_id = min(y for y, text in lines if "BN-04217-K" in text)

    assert lowest_reading > max(names)
    assert min(names) > network_id

"""Papers of made-up people, and what stands on their pages."""

from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from lms.kernel.i18n import codes, language
from lms.memoranda.papers import FollowUp, Organisation, Pack, ProgrammeTerms, Recipient, render
from lms.memoranda.papers.texts import words

WORDS = {code: words(language(code)) for code in codes()}
MILLIMETRES = 25.4 / 72


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

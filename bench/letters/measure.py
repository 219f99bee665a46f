"""What five hundred packs in five languages take of time and memory: `python -m bench.letters.measure [COUNT]`."""

import platform
import resource
import sys
from datetime import date
from os import cpu_count, getloadavg
from time import monotonic

from lms.kernel.i18n import codes, open_languages
from lms.memoranda.papers import Organisation, Pack, ProgrammeTerms, Recipient, pages_of, render_in_files
from lms.memoranda.papers.rendering import PER_FILE

WANTED_SECONDS, WANTED_MB = 15.0, 600
PACKS = 500


def a_pack(number: int, locale: str) -> Pack:
    """The papers of a made-up person."""
    name = f"2026-{number:05d}-0"
    return Pack(
        number=name,
        issued_on=date(2026, 11, 22),
        recipient=Recipient(
            name=f"見本 花子{number}",
            name_kana="ミホン ハナコ",
            postal_code="330-0063",
            address_lines=("埼玉県さいたま市浦和区見本3-15-1", f"メゾン見本 {number}号室"),
            network_id="BN-04217-K",
            locale=locale,
        ),
        organisation=Organisation(
            name="特定非営利活動法人 見本ネットワーク",
            postal_code="110-0005",
            address="東京都台東区見本町一丁目2番3号 見本ビル3階",
            representative="代表理事 見本 太郎",
            phone="03-0000-0000",
            email="office@example.org",
        ),
        programme=ProgrammeTerms(
            code="sample",
            title="見本支援ネットワーク構築事業",
            first_day=date(2026, 4, 1),
            last_day=date(2027, 3, 31),
            honorarium=((60, 4000), (120, 8000)),
            claim_within_months=1,
        ),
        route="course",
        scan_url=f"https://lms.example.org/r/{name}",
    )


def main() -> int:
    """Measure and say; 1 if it took longer or more memory than wanted."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PACKS
    open_languages(None)
    packs = [a_pack(n, codes()[n % len(codes())]) for n in range(count)]
    began = monotonic()
    sizes = [len(pdf) for pdf in render_in_files(packs)]
    seconds = monotonic() - began
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    largest = children.ru_maxrss / 1024
    print(f"{platform.platform()}, Python {platform.python_version()}, {cpu_count()} cores, load {getloadavg()[0]:.1f}")
    print(
        f"{count} packs, {sum(map(pages_of, packs))} pages, {len(sizes)} files of {PER_FILE}, {sum(sizes) / 1e6:.1f} MB"
    )
    print(f"{seconds:.1f} s, {(children.ru_utime + children.ru_stime) / count * 1000:.0f} ms of processor time a pack")
    print(f"{largest:.0f} MB at most in a process that sets, {own.ru_maxrss / 1024:.0f} MB in the one that waits")
    return int(seconds * PACKS / count > WANTED_SECONDS or largest > WANTED_MB)


if __name__ == "__main__":
    sys.exit(main())

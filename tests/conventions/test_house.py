"""What holds for the whole house: marks, addresses, lengths, lock files, sentences."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from lms.kernel.i18n import SOURCE, codes
from lms.kernel.resources import dist_dir
from lms.web.access import access_of
from tests.processes import ROOT
from translations.collect import collect

MARKS = {"public", "signed_in", "secretariat", "signed_path"}
COMPLETE = [code for code in codes(complete=True) if code != SOURCE]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *patterns],
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_every_view_says_who_may_call_it(app):
    wrong = {name: access_of(view) for name, view in app.view_functions.items() if access_of(view) not in MARKS}

    assert wrong == {}


def test_the_secretariats_addresses_are_the_secretariats(app):
    for rule in app.url_map.iter_rules():
        mark = access_of(app.view_functions[rule.endpoint])
        assert (mark == "secretariat") == rule.rule.startswith("/secretariat"), rule.rule


def test_addresses_are_lower_case_words_and_typed_parts(app):
    part = re.compile(r"[a-z][a-z-]*|pack\.pdf|<(int:)?[a-z_]+>|<path:path>")

    wrong = [r.rule for r in app.url_map.iter_rules() if not all(part.fullmatch(p) for p in r.rule.split("/") if p)]

    assert wrong == []


def test_no_address_disappears_unnoticed(app):
    kept = (Path(__file__).parent / "addresses.txt").read_text().splitlines()
    found = sorted(
        f"{','.join(sorted(r.methods - {'HEAD', 'OPTIONS'}) or ['HEAD'])} {r.rule}" for r in app.url_map.iter_rules()
    )

    assert found == kept, "\n".join(found)


def test_no_file_of_ours_is_longer_than_four_hundred_lines():
    long = {
        str(path.relative_to(ROOT)): count
        for path in tracked("*.py", "*.ts", "*.css")
        if "migrations/versions" not in str(path) and (count := len(path.read_text().splitlines())) > 400
    }

    assert long == {}


def test_every_module_says_in_one_line_what_it_is():
    silent = [
        str(path.relative_to(ROOT))
        for path in tracked("lms/**.py", "courses/**.py", "surveys/**.py")
        if not path.read_text().startswith('"""')
    ]

    assert silent == []


def test_lock_files_carry_no_download_addresses():
    for lock in tracked("**package-lock.json"):
        assert '"resolved"' not in lock.read_text(), lock
    assert "://" not in (ROOT / "constraints.txt").read_text()
    assert "omit-lockfile-registry-resolved=true" in (ROOT / "frontend" / ".npmrc").read_text()


def test_nothing_of_a_third_party_is_committed():
    names = [str(p.relative_to(ROOT)) for p in tracked()]

    assert [n for n in names if "node_modules" in n or re.search(r"\.(ttf|otf|woff2?|min\.js)$", n)] == []


def test_no_path_of_a_machine_stands_in_the_project():
    for path in tracked("*.py", "*.md", "*.toml", "*.ts", "*.html", "Makefile", ".ci/run"):
        found = re.search(r"(?<![\w.])/(home|root|work|Users)/\w", path.read_text())
        assert found is None, f"{path}: {found}"


def test_every_sentence_of_the_code_is_in_every_catalogue():
    sentences = {(m.context, m.id) for m in collect() if m.id}
    for locale in set(codes()) - {SOURCE}:
        with (ROOT / "translations" / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
            known = {(m.context, m.id) for m in read_po(file, locale=locale) if m.id}
        assert sentences - known == set(), f"{locale}: run make messages"
        assert known - sentences == set(), f"{locale}: run make messages"


@pytest.mark.parametrize("locale", [locale for locale in codes() if locale != SOURCE])
def test_what_is_translated_keeps_its_placeholders_and_nothing_is_guessed(locale):
    with (ROOT / "translations" / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalog = read_po(file, locale=locale)
    for message in catalog:
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and all(forms):
            assert list(message.check(catalog)) == [], message.id
            assert not message.fuzzy, message.id
            wanted = set(PLACEHOLDER.findall(message.id if isinstance(message.id, str) else message.id[1]))
            assert set(PLACEHOLDER.findall(forms[-1])) == wanted, message.id
            assert all(set(PLACEHOLDER.findall(form)) <= wanted for form in forms), (
                message.id
            )  # "one person" needs no %(num)d


@pytest.mark.parametrize("locale", COMPLETE)
def test_a_language_that_is_called_complete_is(locale):
    with (ROOT / "translations" / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        missing = [
            m.id
            for m in read_po(file, locale=locale)
            if m.id and not (m.string if isinstance(m.string, str) else all(m.string))
        ]

    assert missing == []


def test_easy_japanese_has_a_reading_for_every_kanji():
    marked = re.compile(r"\{[^{}|]*\|[ぁ-ゖー]+\}")
    with (ROOT / "translations" / "ja@easy" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalog = read_po(file, locale="ja@easy")
    for message in catalog:
        for form in [message.string] if isinstance(message.string, str) else message.string:
            assert not re.search(r"[々一-鿿]|[{}|]", marked.sub("", form)), form


def test_the_front_end_stays_light():
    manifest = json.loads((dist_dir() / "meta.json").read_text())
    brotli = {source: (dist_dir() / f"{built}.br").stat().st_size for source, built in manifest.items()}

    assert brotli["site.css"] < 12_000
    assert brotli["site.ts"] < 4_000

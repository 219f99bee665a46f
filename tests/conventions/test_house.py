"""What holds for the whole house: marks, addresses, lengths, lock files, sentences."""

import json
import re
import subprocess
from pathlib import Path

from lms.kernel.resources import dist_dir
from lms.web.access import access_of
from tests.processes import ROOT

MARKS = {"public", "signed_in", "secretariat", "signed_request"}


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
        assert (mark == "secretariat") == rule.rule.startswith(("/secretariat", "/design")), rule.rule


def test_addresses_are_lower_case_words_and_typed_parts(app):
    part = re.compile(r"[a-z][a-z-]*|pack\.pdf|terms\.json|<(int:)?[a-z_]+>(\.vtt|\.csv)?|<path:path>")

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


def test_the_front_end_stays_light():
    manifest = json.loads((dist_dir() / "meta.json").read_text())
    brotli = {source: (dist_dir() / f"{built}.br").stat().st_size for source, built in manifest.items()}

    assert brotli["site.css"] < 12_000
    assert brotli["site.ts"] < 4_000

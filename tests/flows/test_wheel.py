"""`pip install .` without Node on the PATH gives a working `lms`: assets, templates and catalogues travel in the wheel."""

import os
import subprocess
import sys
import urllib.request
import zipfile

import pytest

from tests.flows.test_killed import _answers
from tests.processes import ROOT, free_port, wait_for


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout, built by the tools of this environment with no Node on the PATH."""
    folder = tmp_path_factory.mktemp("wheel")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LMS_")} | {"PATH": "/usr/bin:/bin"}
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet", "-w", folder, ROOT],
        env=environment, check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    [file] = folder.glob("*.whl")
    return file


def test_the_wheel_carries_what_the_site_needs_and_nothing_of_the_workshop(wheel):
    names = zipfile.ZipFile(wheel).namelist()

    for needed in (
        "lms/static/dist/meta.json", "lms/static/dist/fonts/BIZUDPGothic_400Regular.ttf",
        "lms/_templates/layout/base.html", "lms/_templates/letters/pack.typ",
        "lms/_translations/ja/LC_MESSAGES/messages.po", "lms/migrations/versions/0001_the_first_tables.py",
        "lms/static/dist/postcodes.bin", "lms/memoranda/postage/tariff.toml",
        "courses/content/lectures.toml", "surveys/content/basic-1.toml", "lms/demo/slides.toml",
    ):  # fmt: skip
        assert needed in names
    assert [n for n in names if n.startswith(("tests/", "frontend/", "docs/")) or "node_modules" in n] == []


def test_installed_into_an_empty_environment_it_serves_a_page(wheel, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "-c", ROOT / "constraints.txt", wheel],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    port = free_port()
    environment = {
        "PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LMS_HOME": str(tmp_path / "home"), "LMS_PORT": str(port),
    }  # fmt: skip
    with (tmp_path / "log").open("wb") as log:
        site = subprocess.Popen(
            [tmp_path / "venv" / "bin" / "lms", "serve", "--no-worker"],
            env=environment,
            cwd=tmp_path,
            stdout=log,
            stderr=log,
        )
        try:
            base = f"http://127.0.0.1:{port}"
            wait_for(lambda: _answers(base))
            request = urllib.request.Request(base + "/", headers={"Accept-Language": "ja"})
            page = urllib.request.urlopen(request, timeout=10).read().decode()
            style = page.split('rel="stylesheet" href="')[1].split('"')[0]
            assert urllib.request.urlopen(base + style, timeout=10).status == 200
        finally:
            site.terminate()
            site.wait(20)

    assert 'lang="ja"' in page
    assert "ログイン" in page or "サインイン" in page

"""`lms papers`: what is archived is proved, and a sheet for an envelope written, from the command line."""

import os
import subprocess
import sys

from pypdf import PdfReader


def lms(home, *arguments):
    environ = {key: value for key, value in os.environ.items() if not key.startswith("LMS_")}
    done = subprocess.run(
        [sys.executable, "-m", "lms", *arguments],
        env=environ | {"LMS_HOME": str(home)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def test_a_sheet_for_an_envelope_is_written_and_an_unknown_one_is_named(tmp_path):
    written = lms(tmp_path, "papers", "calibrate", "long-3", str(tmp_path / "sheet.pdf"))
    unknown = lms(tmp_path, "papers", "calibrate", "short", str(tmp_path / "none.pdf"))

    assert written == (0, f"Written to {tmp_path / 'sheet.pdf'}.", "")
    assert unknown == (1, "", "Error: There is no such envelope; known are long-3, long-3-80.")
    assert "窓あき封筒の確認用紙" in PdfReader(tmp_path / "sheet.pdf").pages[0].extract_text()


def test_an_empty_archive_has_nothing_to_prove(tmp_path):
    assert lms(tmp_path, "migrate")[0] == 0

    assert lms(tmp_path, "papers", "verify", "--all") == (0, "There are no papers.", "")

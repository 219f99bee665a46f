"""How values are shown."""

from lms.web.filters import megabytes, minutes
from lms.web.security import local_target


def test_lengths_and_sizes():
    assert [minutes(ms) for ms in (999, 61_000, 3_723_000)] == ["0:00", "1:01", "1:02:03"]
    assert megabytes(1_250_000) == "1.2 MB"


def test_only_a_path_on_this_site_is_a_target():
    good = ["/", "/courses/basic-2?x=1"]
    bad = ["", None, "https://evil.example", "//evil.example", "/\\evil.example", "/a\nb", "courses"]

    assert [local_target(t) for t in good] == good
    assert [local_target(t) for t in bad] == [None] * len(bad)

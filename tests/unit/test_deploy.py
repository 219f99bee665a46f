"""The files of deploy/: settings and commands that exist, words that agree with the code. nginx itself reads them in flows."""

import configparser
import re
import shlex
from dataclasses import fields
from pathlib import Path

import click
import pytest

from courses.streaming.delivery import ACCEL_PREFIX
from courses.streaming.files import CACHE_SECONDS
from courses.streaming.paths import COOKIE, KINDS, parse
from lms.cli import cli
from lms.kernel.settings import PREFIX, Settings, read_settings
from tests.processes import ROOT

DEPLOY = ROOT / "deploy"
NGINX = DEPLOY / "nginx"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def test_the_sample_environment_can_be_used_as_it_stands():
    lines = (DEPLOY / "systemd" / "environment").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    also = re.findall(rf"^# ({PREFIX}\w+)=(.*)$", "\n".join(lines), re.MULTILINE)

    assert read_settings(given).media == "nginx"
    assert read_settings(given | dict(also)).media == "redirect"


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_a_command_that_exists_and_may_write_the_home_only(unit: Path):
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str
    read.read(unit)
    program, *words = shlex.split(read["Service"]["ExecStart"])

    context = cli.make_context("lms", ["settings"])
    name, command, rest = cli.resolve_command(context, words)
    assert isinstance(command, click.Command)
    command.make_context(name, rest, parent=context)
    assert program.endswith("/bin/lms")
    assert read["Service"]["ReadWritePaths"] == "/srv/bansou/home"


def test_nginx_takes_the_addresses_that_the_site_makes():
    found = re.search(r'location ~ "(.+)" \{', (NGINX / "bansou-nginx.conf").read_text())
    assert found is not None
    pattern = re.compile(found[1].replace("(?<", "(?P<"))
    good = f"/media/1795370400/{'a' * 22}/{'0' * 32}/480p/s0001.m4s"
    odd = [
        good.replace("480p", ".."),
        good.replace("m4s", "txt"),
        good.replace("480p/", "480p/x/"),
        good + "/",
        good[1:],
    ]

    assert [bool(pattern.match(path)) for path in (good, *odd)] == [True] + [False] * len(odd)
    assert [parse(path) is not None for path in (good, *odd)] == [True] + [False] * len(odd)


def test_nginx_and_the_site_use_the_same_words():
    checking = (NGINX / "bansou-nginx.conf").read_text()
    told = (NGINX / "bansou-accel.conf").read_text()
    types = dict(
        re.findall(r"^    (\S+/\S+) (\w+);$", (NGINX / "bansou" / "media-types.conf").read_text(), re.MULTILINE)
    )

    assert f"$cookie_{COOKIE}:" in checking
    assert f"max-age={CACHE_SECONDS}," in checking
    assert f"location {ACCEL_PREFIX} {{" in told
    assert {ending: kind for kind, ending in types.items()} == KINDS


def test_nginx_lets_through_what_the_site_takes():
    limit = re.search(r"client_max_body_size (\d+)m;", (NGINX / "bansou" / "site.conf").read_text())
    assert limit is not None
    default = next(field.default for field in fields(Settings) if field.name == "upload_limit_mb")

    assert int(limit[1]) * 2**20 > default * 10**6

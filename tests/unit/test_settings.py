"""Settings refuse what they do not know."""

import base64
from dataclasses import fields
from pathlib import Path

import pytest

from lms.kernel.settings import Settings, SettingsError, read_settings

SECRET = "whsec_" + base64.b64encode(b"0" * 24).decode()


def test_without_any_variable_the_site_runs_from_a_folder():
    settings = read_settings({})

    assert (settings.home, settings.database, settings.url) == (
        Path("var"),
        "sqlite:///var/lms.sqlite3",
        "http://127.0.0.1:8000",
    )


def test_each_kind_of_value_is_read():
    settings = read_settings(
        {
            "LMS_HOME": "/srv/x",
            "LMS_PORT": "80",
            "LMS_DEMO": "yes",
            "LMS_PUBLIC_URL": "https://x.example.jp/",
            "OTHER": "1",
        }
    )

    assert (settings.home, settings.port, settings.demo, settings.url) == (
        Path("/srv/x"),
        80,
        True,
        "https://x.example.jp",
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LMS_DATBASE_URL", "x", "unknown setting(s): LMS_DATBASE_URL"),
        ("LMS_PORT", "eighty", "LMS_PORT must be a whole number, not 'eighty'"),
        ("LMS_PORT", "70000", "LMS_PORT must lie between 0 and 65535"),
        ("LMS_DEMO", "perhaps", "LMS_DEMO must be 1 or 0"),
        ("LMS_SMTP_URL", "http://mail", "LMS_SMTP_URL must begin with smtp://"),
        ("LMS_PUBLIC_URL", "site.example.jp", "LMS_PUBLIC_URL must begin with http://"),
        ("LMS_DATABASE_URL", "mysql://x", "LMS_DATABASE_URL must begin with sqlite:///"),
        ("LMS_LOG_FORMAT", "xml", "LMS_LOG_FORMAT must be text or json"),
        ("LMS_LEASE_SECONDS", "0", "LMS_LEASE_SECONDS must be at least 1"),
        ("LMS_MEDIA", "apache", "LMS_MEDIA must be one of app, nginx, accel, redirect, not 'apache'"),
        ("LMS_MEDIA", "redirect", "LMS_STORAGE_URL and LMS_MEDIA=redirect go together: set both or neither"),
        ("LMS_STORAGE_URL", "s3://bucket", "LMS_STORAGE_URL and LMS_MEDIA=redirect go together: set both or neither"),
        ("LMS_STORAGE_URL", "/srv/media", "LMS_STORAGE_URL must look like s3://BUCKET/PREFIX"),
        ("LMS_WEBHOOK_URL", "https://x.example.jp/", "LMS_WEBHOOK_URL and LMS_WEBHOOK_SECRET go together"),
        ("LMS_WEBHOOK_SECRET", SECRET, "LMS_WEBHOOK_URL and LMS_WEBHOOK_SECRET go together"),
    ],
)
def test_what_is_unknown_or_malformed_is_refused_by_name(name, value, said):
    with pytest.raises(SettingsError) as refusal:
        read_settings({name: value})

    assert said in str(refusal.value)


@pytest.mark.parametrize(
    "url", ["https://x.example.jp/hook?a=1", "http://127.0.0.1:9000/", "http://localhost/", "http://[::1]/"]
)
def test_webhooks_go_encrypted_or_stay_on_this_machine(url):
    settings = read_settings({"LMS_WEBHOOK_URL": url, "LMS_WEBHOOK_SECRET": SECRET})

    assert (settings.webhook_url, settings.webhook_key) == (url, b"0" * 24)


@pytest.mark.parametrize(
    "url",
    [
        "http://x.example.jp/",
        "ftp://x.example.jp/",
        "https:///x",
        "x.example.jp",
        "http://127.0.0.1.example.jp/",
        "https://x.example.jp:web/",
        "https://[x/",
    ],
)
def test_a_webhook_that_others_could_read_is_refused(url):
    with pytest.raises(SettingsError) as refusal:
        read_settings({"LMS_WEBHOOK_URL": url, "LMS_WEBHOOK_SECRET": SECRET})

    assert "LMS_WEBHOOK_URL must begin with https://" in str(refusal.value)


@pytest.mark.parametrize(
    "secret", [SECRET.removeprefix("whsec_"), "whsec_", "whsec_MDAwMA==", "whsec_not base64, but long enough!"]
)
def test_a_weak_webhook_secret_is_refused(secret):
    with pytest.raises(SettingsError) as refusal:
        read_settings({"LMS_WEBHOOK_URL": "https://x.example.jp/", "LMS_WEBHOOK_SECRET": secret})

    assert "LMS_WEBHOOK_SECRET must be whsec_ and at least 24 random bytes" in str(refusal.value)


def test_every_setting_explains_itself():
    assert [f.name for f in fields(Settings) if not f.metadata.get("help")] == []

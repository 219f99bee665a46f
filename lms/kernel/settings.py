"""Settings: one frozen dataclass read from LMS_* variables.

What is unknown or malformed stops the start with a sentence.
"""

import base64
import binascii
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "LMS_"
SECRET_PREFIX = "whsec_"  # noqa: S105 – how such a secret begins
LEAST_SECRET = 24
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
MEDIA_FORMS = ("app", "nginx", "accel", "redirect")
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


class SettingsError(Exception):
    """A setting is unknown or malformed; the message names it and says what would do."""


def _setting(default: Any, help_text: str) -> Any:
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True)
class Settings:
    """Everything that differs between one site and another.

    Each field is the variable LMS_<NAME>; its help is in the metadata.
    """

    home: Path = _setting(Path("var"), "Folder for the database, recordings, letters, mails and keys.")
    database_url: str = _setting(
        "", "SQLAlchemy URL; empty: SQLite in the home folder. postgresql+psycopg://… to grow."
    )
    host: str = _setting("127.0.0.1", "Address the site listens on.")
    port: int = _setting(8000, "Port the site listens on.")
    public_url: str = _setting("", "How people reach the site, used in mails; empty: http://HOST:PORT.")
    secret_key: str = _setting("", "Signs cookies and links; empty: made once and kept in the home folder.")
    encryption_keys: str = _setting(
        "", "Fernet keys for addresses, newest first, comma-separated; empty: made once and kept in the home folder."
    )
    smtp_url: str = _setting(
        "", "smtp://user:password@host:port or smtps://…; empty: mails are written to HOME/outbox."
    )
    mail_from: str = _setting("no-reply@example.jp", "Sender address of mails.")
    site_name: str = _setting("伴走ネット", "Name in the page head and in mails.")
    organisation: Path | None = _setting(
        None, "TOML file with the organisation's name and address for letters; empty: the shipped one."
    )
    envelope: str = _setting(
        "none", "Window envelope in which papers are posted, by its name in envelopes.toml; none: address labels."
    )
    envelopes: Path | None = _setting(
        None,
        "TOML file with further window envelopes, as lms/memoranda/papers/envelopes.toml; empty: the shipped ones.",
    )
    translations: Path | None = _setting(
        None, "Folder of further languages, each as those in translations/; empty: only the shipped ones."
    )
    demo: bool = _setting(False, "Demo people, demo recordings and a page to read mails; never for real people.")
    proxies: int = _setting(0, "How many reverse proxies in front are trusted for X-Forwarded-* headers.")
    log_format: str = _setting("text", "text for people, json for machines.")
    lease_seconds: int = _setting(
        30, "How long a worker that says nothing keeps a piece of work before another may take it."
    )
    storage_url: str = _setting(
        "",
        "Where recordings and letters lie; empty: HOME/media. An object store: s3://BUCKET/PREFIX?endpoint=…&region=…",
    )
    media: str = _setting(
        "app", "Who sends recordings: app (the site), nginx, accel (nginx asks the site), redirect (the object store)."
    )
    upload_limit_mb: int = _setting(8192, "Largest recording that may be uploaded, in megabytes.")

    speech_model: Path | None = _setting(
        None, "Folder of a faster-whisper model that drafts Japanese captions; empty: only people write them."
    )
    webhook_url: str = _setting(
        "", "https://… address that is told who qualified, whose papers were posted, who is complete; empty: nobody."
    )
    webhook_secret: str = _setting("", "Signs what is told there: whsec_ and at least 24 random bytes in base64.")

    @property
    def database(self) -> str:
        """The database URL with the default filled in."""
        return self.database_url or f"sqlite:///{(self.home / 'lms.sqlite3').as_posix()}"

    @property
    def url(self) -> str:
        """The site's own address without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def webhook_key(self) -> bytes:
        """The bytes with which webhooks are signed."""
        return base64.b64decode(self.webhook_secret.removeprefix(SECRET_PREFIX), validate=True)

    @property
    def media_folder(self) -> Path:
        """Folder of recordings and letters; with an object store, where they are put together."""
        return self.home / "media"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. Raises SettingsError for an unknown LMS_ name or a value of the wrong kind."""
    given = {k: v for k, v in (os.environ if environ is None else environ).items() if k.startswith(PREFIX)}
    known = {PREFIX + f.name.upper(): f for f in fields(Settings)}
    if unknown := sorted(given.keys() - known.keys()):
        raise SettingsError(f"unknown setting(s): {', '.join(unknown)} (known: {', '.join(sorted(known))})")
    values = {known[name].name: _parse(name, str(known[name].type), text.strip()) for name, text in given.items()}
    settings = Settings(**values)  # type: ignore[arg-type]
    _check(settings)
    return settings


def _parse(name: str, kind: str, text: str) -> object:
    if "bool" in kind:
        if text.lower() not in TRUE | FALSE:
            raise SettingsError(f"{name} must be 1 or 0, not {text!r}")
        return text.lower() in TRUE
    if "int" in kind:
        if not text.isdecimal():
            raise SettingsError(f"{name} must be a whole number, not {text!r}")
        return int(text)
    if "Path" in kind:
        return Path(text) if text else None if "None" in kind else Settings.home
    return text


def _check(settings: Settings) -> None:
    if not 0 <= settings.port <= 65535:
        raise SettingsError(f"LMS_PORT must lie between 0 and 65535, not {settings.port}")
    if settings.lease_seconds < 1:
        raise SettingsError("LMS_LEASE_SECONDS must be at least 1")
    if settings.log_format not in {"text", "json"}:
        raise SettingsError(f"LMS_LOG_FORMAT must be text or json, not {settings.log_format!r}")
    if settings.smtp_url and urlsplit(settings.smtp_url).scheme not in {"smtp", "smtps"}:
        raise SettingsError("LMS_SMTP_URL must begin with smtp:// or smtps://")
    if settings.public_url and urlsplit(settings.public_url).scheme not in {"http", "https"}:
        raise SettingsError("LMS_PUBLIC_URL must begin with http:// or https://")
    if settings.media not in MEDIA_FORMS:
        raise SettingsError(f"LMS_MEDIA must be one of {', '.join(MEDIA_FORMS)}, not {settings.media!r}")
    if settings.storage_url and not re.fullmatch(r"s3://[^/?]+(/[^?]*)?(\?.*)?", settings.storage_url):
        raise SettingsError("LMS_STORAGE_URL must look like s3://BUCKET/PREFIX?endpoint=https://…&region=…")
    if bool(settings.storage_url) != (settings.media == "redirect"):
        raise SettingsError("LMS_STORAGE_URL and LMS_MEDIA=redirect go together: set both or neither")
    scheme = urlsplit(settings.database).scheme
    if scheme not in {"sqlite", "postgresql+psycopg"}:
        raise SettingsError(f"LMS_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://, not {scheme}://")
    _check_webhook(settings)


def _check_webhook(settings: Settings) -> None:
    if bool(settings.webhook_url) != bool(settings.webhook_secret):
        raise SettingsError("LMS_WEBHOOK_URL and LMS_WEBHOOK_SECRET go together: set both or neither")
    if not settings.webhook_url:
        return
    try:
        address = urlsplit(settings.webhook_url)
        is_whole = bool(address.hostname) and address.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or not (address.scheme == "https" or (address.scheme == "http" and address.hostname in LOOPBACK)):
        raise SettingsError("LMS_WEBHOOK_URL must begin with https:// (http:// only on this machine itself)")
    try:
        strong = settings.webhook_secret.startswith(SECRET_PREFIX) and len(settings.webhook_key) >= LEAST_SECRET
    except binascii.Error:
        strong = False
    if not strong:
        raise SettingsError(
            f"LMS_WEBHOOK_SECRET must be {SECRET_PREFIX} and at least {LEAST_SECRET} random bytes in base64"
        )

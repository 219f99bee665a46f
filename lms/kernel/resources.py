"""Where the files that travel with the code lie: beside it in a checkout, inside the package in a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def _travelling(name: str) -> Path:
    packed = PACKAGE / f"_{name}"
    return packed if packed.is_dir() else PACKAGE.parent / name


def templates_dir() -> Path:
    """Pages, mails and letters."""
    return _travelling("templates")


def translations_dir() -> Path:
    """Catalogues, one folder a locale."""
    return _travelling("translations")


def docs_dir() -> Path:
    """Guides that the site shows, one folder a guide."""
    return _travelling("docs")


def static_dir() -> Path:
    """What the browser fetches by a fixed name, and `dist/` below it."""
    return PACKAGE / "static"


def dist_dir() -> Path:
    """What the front-end build made; `meta.json` maps source names to hashed names."""
    return static_dir() / "dist"


def fonts_dir() -> Path:
    """Typefaces for letters and slides, fetched by the front-end build."""
    return dist_dir() / "fonts"

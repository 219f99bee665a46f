"""Who posts the papers, read from a TOML file."""

from pathlib import Path

from lms.kernel.content import read_toml
from lms.kernel.settings import Settings
from lms.memoranda.papers.content import Organisation

SHIPPED = Path(__file__).parents[1] / "content" / "organisation.toml"


def organisation_of(settings: Settings) -> Organisation:
    """The organisation of this site. Raises ContentError with file and line."""
    file = read_toml(settings.organisation or SHIPPED, languages=())
    file.allow("name", "postal_code", "address", "representative", "phone", "email")
    return Organisation(
        name=file["name"].string(),
        postal_code=file["postal_code"].string(),
        address=file["address"].string(),
        representative=file["representative"].string(),
        phone=file["phone"].string(),
        email=file["email"].string(),
    )

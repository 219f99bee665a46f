"""The papers that are posted: packs, letters that say what is missing, labels; set by typst and kept in an archive."""

from lms.memoranda.papers import archive
from lms.memoranda.papers.content import Addressee, FollowUp, Organisation, Pack, ProgrammeTerms, Recipient
from lms.memoranda.papers.fonts import missing_glyphs
from lms.memoranda.papers.queries import follow_up_of, pack_of, scan_url
from lms.memoranda.papers.rendering import (
    pages_for,
    pages_of,
    render,
    render_follow_up,
    render_in_files,
    template_version,
)
from lms.memoranda.papers.sheets import calibration, labels

__all__ = [
    "Addressee",
    "FollowUp",
    "Organisation",
    "Pack",
    "ProgrammeTerms",
    "Recipient",
    "archive",
    "calibration",
    "follow_up_of",
    "labels",
    "missing_glyphs",
    "pack_of",
    "pages_for",
    "pages_of",
    "render",
    "render_follow_up",
    "render_in_files",
    "scan_url",
    "template_version",
]

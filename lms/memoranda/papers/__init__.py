"""The papers that are posted: packs, letters that say what is missing, labels; set by typst and kept in an archive."""

from lms.memoranda.papers.content import Addressee, FollowUp, Organisation, Pack, ProgrammeTerms, Recipient
from lms.memoranda.papers.fonts import missing_glyphs
from lms.memoranda.papers.rendering import pages_of, render, render_follow_up, render_in_files, template_version

__all__ = [
    "Addressee",
    "FollowUp",
    "Organisation",
    "Pack",
    "ProgrammeTerms",
    "Recipient",
    "missing_glyphs",
    "pages_of",
    "render",
    "render_follow_up",
    "render_in_files",
    "template_version",
]

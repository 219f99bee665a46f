"""Rules that the secretariat edits: versions of programmes, and what a change would do before it is made."""

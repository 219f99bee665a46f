"""Guides that people read on the site itself: how it works for a supporter, and how accessible it is."""

"""Captions and chapters of recordings: taken in, corrected, shown, searched."""

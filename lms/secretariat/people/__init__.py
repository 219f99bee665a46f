"""People: finding them, the list, and what is done with many of them at once."""

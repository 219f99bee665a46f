"""One person: whose turn it is, and everything that happened."""

"""Everybody who registered: registration, network ID, sign-in, language, standings, and the mails they get."""

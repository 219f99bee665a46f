"""Sentences of the site that readers report as wrong, until somebody has seen to them."""

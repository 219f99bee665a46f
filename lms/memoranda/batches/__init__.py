"""Memoranda that are proved, released, printed and posted together."""

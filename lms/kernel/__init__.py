"""The floor everything stands on: no feature, no page."""

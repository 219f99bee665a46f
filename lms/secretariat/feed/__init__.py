"""The feed for the organisation's own sheets, at an address that is its own key."""

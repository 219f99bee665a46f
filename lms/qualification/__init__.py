"""Who has earned what, and why not yet; joins courses, surveys and memoranda."""

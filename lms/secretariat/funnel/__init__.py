"""How far people have come, by when they registered, and who has stood still for long."""

"""The desk: what waits today, and the list of people."""

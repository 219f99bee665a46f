"""Pages of courses: for learners, for the secretariat, and the media paths."""

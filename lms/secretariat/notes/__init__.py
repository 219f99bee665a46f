"""The secretariat's notes about people, which the people themselves never see."""

"""Surveys about lectures: questions, versions, responses, and what the secretariat says of them."""

"""What did not come about by itself: mails that failed, and work that was given up."""

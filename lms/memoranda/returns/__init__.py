"""What comes back from supporters, what is wrong with it, and what does not come back."""

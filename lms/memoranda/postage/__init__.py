"""What an envelope weighs and costs, and the numbers by which it is followed."""

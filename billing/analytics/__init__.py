"""What serving customers costs, what they pay, and what is left of it."""

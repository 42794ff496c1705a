"""What is, and what will be, on the bill."""

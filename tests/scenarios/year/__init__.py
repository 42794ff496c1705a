"""A year of many agreements, and what it should have cost."""

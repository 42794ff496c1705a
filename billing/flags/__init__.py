"""Flags whose value an organization, or one of its people, has apart from the plan."""

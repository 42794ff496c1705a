"""Seats: the members of an organization, counted on a meter of their own."""

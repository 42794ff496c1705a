"""Checkout: what is in the basket, what may be asked for, and what completing a session does."""

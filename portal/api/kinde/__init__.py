"""Kinde's dialect: its addresses, bodies and errors, so that existing clients work unchanged."""

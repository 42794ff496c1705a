"""Overage becomes lines on invoices: once, to the cent, whatever happens meanwhile."""

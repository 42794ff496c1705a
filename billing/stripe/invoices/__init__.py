"""Invoices: what Stripe has, brought level here, and what the next one is going to say."""

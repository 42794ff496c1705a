"""The only way to Stripe: what goes out, what comes back, and what it says in our words."""

"""Whether Stripe and our books say the same, to the cent."""

"""Move customers to other plans: by their own numbers, with notice, and without an increase."""

"""Everything that knows Stripe: what is sold there, collected there, and heard from there."""

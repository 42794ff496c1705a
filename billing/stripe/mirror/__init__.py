"""dj-stripe's copy of what Stripe has: to look at, never to decide by."""

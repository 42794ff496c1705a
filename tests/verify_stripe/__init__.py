"""
The journeys of customers, against Stripe itself with a test key, or against the sandbox.

`make test` runs them against the sandbox; `make verify-stripe` against Stripe, and holds the
sandbox's answers beside Stripe's. Nothing here needs a hosted page: cards are Stripe's named ones,
time is a test clock's.
"""

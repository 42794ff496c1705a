"""How time and money move: the rules of Stripe Billing over the sandbox's rows."""

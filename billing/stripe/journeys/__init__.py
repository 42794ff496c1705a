"""
What customers and staff do that moves money: subscribe, change, end, pay.

Each asks Stripe first and then brings our rows level with its answer, so that nobody waits for a
webhook; the webhook that follows finds everything level. An agreement that is not collected by
Stripe is changed without it.
"""

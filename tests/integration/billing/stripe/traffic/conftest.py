from tests.support.stripe_at_hand import stripe

__all__ = ["stripe"]

"""A local stand-in for Stripe: the quick start and the tests run against it. It is not Stripe."""

from __future__ import annotations

from billing.sandbox.call import Answer
from billing.sandbox.faults import Faults, Knobs
from billing.sandbox.sandbox import Sandbox

__all__ = ["Answer", "Faults", "Knobs", "Sandbox"]

"""What follows from a call that Stripe has answered."""

from collections.abc import Callable
from datetime import datetime

from ...models import StripeIntent
from ..gateway.facts import Json
from ..registry import Registry

Conclusion = Callable[[StripeIntent, Json, datetime], None]

_CONCLUSIONS: Registry[Conclusion] = Registry()


def concludes(operation: str) -> Callable[[Conclusion], Conclusion]:
    """
    Register what follows from each success of an operation.

    It runs in the transaction of the outcome: once for each intent, also when the sweep
    finished the call. What it raises leaves the intent open.
    """

    def register(conclusion: Conclusion) -> Conclusion:
        _CONCLUSIONS.add(operation, conclusion)
        return conclusion

    return register


def conclusions_of(operation: str) -> list[Conclusion]:
    """What follows from the operation."""
    return _CONCLUSIONS.followers.get(operation, [])

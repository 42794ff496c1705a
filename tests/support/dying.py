"""A process that dies while it speaks to Stripe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from billing.stripe.gateway.client import send
from billing.stripe.intents.outcome import end_done


class Died(BaseException):
    """The process is gone: nothing catches this."""


@dataclass
class Death:
    """Where a process dies: at which of the calls that it makes, and when during that call."""

    moment: str
    number: int
    seen: int = 0

    def strike(self, moment: str) -> None:
        """Die, if this is the moment."""
        if moment == self.moment:
            self.seen += 1
            if self.seen == self.number:
                raise Died


MOMENTS = ("before the call", "after the call", "after the outcome")


@contextmanager
def mortal(death: Death, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever works meanwhile dies at that moment."""

    def mortal_send(*given: Any, **named: Any) -> Any:
        death.strike("before the call")
        answer = send(*given, **named)
        death.strike("after the call")
        return answer

    def mortal_end(*given: Any, **named: Any) -> Any:
        answer = end_done(*given, **named)
        death.strike("after the outcome")
        return answer

    with monkeypatch.context() as patch:
        patch.setattr("billing.stripe.intents.performing.send", mortal_send)
        patch.setattr("billing.stripe.intents.performing.end_done", mortal_end)
        yield

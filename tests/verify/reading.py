"""How each answer of the API is classified. What none of these expects is a fault."""

from decimal import Decimal
from typing import Any, Final

from tests.verify.journal import Result, Verdict

BOOKED: Final = ("accepted", "late")
REFUSED_USE: Final = (
    "insufficient_credits", "limit_reached", "spend_cap_reached", "payment_overdue",
)  # fmt: skip


def read_event(status: int, document: Any) -> list[Verdict]:
    """One event."""
    if status == 200:
        return [_booked(document)]
    if status == 402 and document.get("code") in REFUSED_USE:
        return [Verdict(Result.REFUSAL, told=document["code"])]
    return [_unexpected(status, document)]


def read_settlement(status: int, document: Any) -> list[Verdict]:
    """A hold settled: the event, and the end of the hold."""
    return read_event(status, document["usage"] if status == 200 else document) * 2


def read_batch(status: int, document: Any) -> list[Verdict]:
    """A batch of events: each has its own result."""
    if status == 200:
        return [_booked(result) for result in document["results"]]
    return [_unexpected(status, document)]


def read_hold(status: int, document: Any) -> list[Verdict]:
    """A request to set credits aside. What it is told ends in the id of the hold."""
    if status in {200, 201}:
        result = Result.DUPLICATE if status == 200 else Result.OK
        return [Verdict(result, Decimal(document["credits"]), told=document["id"])]
    if status == 402 and document.get("code") in REFUSED_USE:
        return [Verdict(Result.REFUSAL, told=document["code"])]
    return [_unexpected(status, document)]


def read_release(status: int, document: Any) -> list[Verdict]:
    """The end of a hold without use."""
    if status == 200:
        return [Verdict(Result.OK)]
    return [_unexpected(status, document)]


def read_reversal(status: int, document: Any) -> list[Verdict]:
    """An event taken back."""
    if status in {200, 201}:
        return [Verdict(Result.OK, Decimal(document["credits"]))]
    if status == 409 and document.get("code") == "already_reversed":
        return [Verdict(Result.DUPLICATE)]
    return [_unexpected(status, document)]


def _booked(result: Any) -> Verdict:
    if result["outcome"] in BOOKED:
        return Verdict(Result.OK, Decimal(result["credits"]))
    if result["outcome"] == "duplicate":
        return Verdict(Result.DUPLICATE, Decimal(result["credits"]))
    if result.get("reason") in REFUSED_USE:
        return Verdict(Result.REFUSAL, told=result["reason"])
    return Verdict(Result.UNCLASSIFIED, told=str(result))


def _unexpected(status: int, document: Any) -> Verdict:
    return Verdict(Result.UNCLASSIFIED, told=f"{status} {str(document)[:300]}")

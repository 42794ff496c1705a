"""What apps are told about orders of packs."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from billing.top_ups.queries import TopUpView

from ..fields import DecimalText, decimal_text
from .money import Amount, present_money


class TopUp(msgspec.Struct, frozen=True, kw_only=True):
    """An order of packs. Its credits are granted by the payment, once."""

    id: str
    feature: str
    pack: str
    pack_name: str
    count: int
    credits: DecimalText
    amount: Amount
    expires_after_months: Annotated[
        int | None, Meta(description="Months from the payment on; null: never.")
    ]
    trigger: Annotated[str, Meta(description="`person`, which apps are, or `automatic`.")]
    status: Annotated[str, Meta(description="`pending`, `paid`, `failed` or `canceled`.")]
    ordered_at: datetime
    ended_at: datetime | None


class TopUpToPay(TopUp, frozen=True, kw_only=True):
    """An order, and where it is paid."""

    url: Annotated[str | None, Meta(description="The payment page; null if the card has paid.")]


class TopUpPage(msgspec.Struct, frozen=True):
    """Orders, newest first."""

    data: list[TopUp]
    has_more: bool


def present_top_up(view: TopUpView) -> TopUp:
    """Write an order."""
    return TopUp(**_facts(view))


def present_top_up_to_pay(view: TopUpView, *, url: str | None) -> TopUpToPay:
    """Write an order with the page on which it is paid."""
    return TopUpToPay(**_facts(view), url=url)


def _facts(view: TopUpView) -> dict[str, Any]:
    return {
        "id": view.id,
        "feature": view.feature,
        "pack": view.pack_code,
        "pack_name": view.pack_name,
        "count": view.pack_count,
        "credits": decimal_text(view.credits),
        "amount": present_money(view.amount),
        "expires_after_months": view.expires_after_months,
        "trigger": view.trigger,
        "status": view.status,
        "ordered_at": view.ordered_at,
        "ended_at": view.ended_at,
    }

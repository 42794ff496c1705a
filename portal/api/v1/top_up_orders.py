"""What apps write to order packs, pay for them, and take orders back."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from billing.stripe.journeys.checkout import Returns
from billing.top_ups.automatic import MOST_PACKS

from ..documents import invalid, read
from ..fields import LONGEST_REASON
from ..return_urls import parse_return_url
from .written import NamedOrganization, ReturnUrl, read_one_of

PAGE: Final = "page"
CARD: Final = "card"


class Payment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an order is paid. The payment page needs to know where people go from it."""

    organization: NamedOrganization = None
    pay: Annotated[
        str,
        Meta(
            description="On the payment page, or at once with the card on file.",
            extra_json_schema={"enum": [PAGE, CARD]},
        ),
    ] = PAGE
    success_url: ReturnUrl | None = None
    cancel_url: ReturnUrl | None = None


class TopUpOrder(Payment, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Packs to order, and how they are paid."""

    pack: Annotated[str, Meta(description="The code of a pack on sale.", examples=["small"])]
    count: Annotated[Annotated[int, Meta(ge=1, le=MOST_PACKS)], Meta(description="How many.")] = 1


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an order is taken back, for the audit log. The body may be left out."""

    organization: NamedOrganization = None
    reason: Annotated[str, Meta(extra_json_schema={"maxLength": LONGEST_REASON})] = ""


def read_payment(written: Payment) -> Returns | None:
    """
    Return where the payment page sends people; None if the card on file is charged.

    Raises `InvalidRequest`.
    """
    if read_one_of((PAGE, CARD), written.pay, what="A payment", at="/pay") == PAGE:
        return Returns(
            _read_url(written.success_url, at="/success_url"),
            _read_url(written.cancel_url, at="/cancel_url"),
        )
    for name in ("success_url", "cancel_url"):
        if getattr(written, name) is not None:
            detail = "Nobody leaves for a page when the card on file is charged."
            raise invalid(f"/{name}", "wrong_field", detail)
    return None


def _read_url(written: str | None, *, at: str) -> str:
    if written is None:
        raise invalid(at, "missing", "The payment page must know where people go from it.")
    return read(parse_return_url, written, at=at)

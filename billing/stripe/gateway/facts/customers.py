"""What Stripe says of a customer and of a visit to its payment page, as values of ours."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from .json_values import Json, id_of, labels, part, sure_instant, text, whole


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """
    A customer. The card is known where its default payment method was told whole;
    `card_expires` is written `2030-04`.
    """

    id: str
    email: str
    name: str
    currency: str
    balance: int
    has_payment_method: bool
    default_payment_method_id: str
    card_brand: str
    card_last4: str
    card_expires: str
    is_deleted: bool
    metadata: dict[str, str]
    test_clock_id: str

    @classmethod
    def read(cls, customer: Json) -> Self:
        method = part(customer, "invoice_settings").get("default_payment_method")
        card = part(whole(method), "card")
        return cls(
            id=customer["id"],
            email=text(customer.get("email")),
            name=text(customer.get("name")),
            currency=text(customer.get("currency")).upper(),
            balance=customer.get("balance") or 0,
            has_payment_method=bool(method or customer.get("default_source")),
            default_payment_method_id=id_of(method),
            card_brand=text(card.get("brand")),
            card_last4=text(card.get("last4")),
            card_expires=f"{card['exp_year']}-{card['exp_month']:02}" if card else "",
            is_deleted=bool(customer.get("deleted")),
            metadata=labels(customer),
            test_clock_id=id_of(customer.get("test_clock")),
        )


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """A visit to Stripe's payment page. The words of the statuses and of `mode` are Stripe's."""

    id: str
    status: str
    payment_status: str
    mode: str
    url: str
    customer_id: str
    subscription_id: str
    payment_intent_id: str
    setup_intent_id: str
    invoice_id: str
    reference: str
    currency: str
    amount_total: int
    expires_at: datetime
    metadata: dict[str, str]

    @classmethod
    def read(cls, session: Json) -> Self:
        return cls(
            id=session["id"],
            status=text(session.get("status")),
            payment_status=session["payment_status"],
            mode=session["mode"],
            url=text(session.get("url")),
            customer_id=id_of(session.get("customer")),
            subscription_id=id_of(session.get("subscription")),
            payment_intent_id=id_of(session.get("payment_intent")),
            setup_intent_id=id_of(session.get("setup_intent")),
            invoice_id=id_of(session.get("invoice")),
            reference=text(session.get("client_reference_id")),
            currency=text(session.get("currency")).upper(),
            amount_total=session.get("amount_total") or 0,
            expires_at=sure_instant(session["expires_at"]),
            metadata=labels(session),
        )

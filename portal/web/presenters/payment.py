"""The payment page: the card on file."""

from dataclasses import dataclass

from accounts.access.permissions import Permission
from accounts.memberships.queries import list_names_with
from billing.models import StripeCustomer
from billing.stripe.gateway.configuration import is_sandbox

from ..access import Visit


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """How the organization pays."""

    card: str
    card_expires: str
    has_other_method: bool
    is_sandbox: bool
    may_manage: bool
    who_may: tuple[str, ...]


def present_payment(visit: Visit, customer: StripeCustomer | None) -> PaymentPage:
    """Say how the organization pays."""
    may_manage = visit.may(Permission.MANAGE_BILLING)
    return PaymentPage(
        card="" if customer is None else customer.card_words,
        card_expires="" if customer is None else _month(customer.card_expires),
        has_other_method=customer is not None
        and customer.has_payment_method
        and not customer.card_words,
        is_sandbox=is_sandbox(),
        may_manage=may_manage,
        who_may=()
        if may_manage
        else tuple(
            list_names_with(organization=visit.organization, permission=Permission.MANAGE_BILLING)
        ),
    )


def _month(year_and_month: str) -> str:
    """`2030-04` as it is printed on a card: `04/30`."""
    year, _dash, month = year_and_month.partition("-")
    return f"{month}/{year[2:]}" if month else ""

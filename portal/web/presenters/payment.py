"""How the organization pays, and who is billed."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from accounts.access.permissions import Permission
from accounts.memberships.queries import list_names_with
from billing.models import StripeCustomer
from billing.stripe.gateway.configuration import is_sandbox
from billing.stripe.gateway.facts import AddressFacts, DetailsFacts, TaxIdFacts

from ...payment_forms import country_words, tax_id_words
from ..access import Visit

_BADGES: Final = {"verified": "accent", "unverified": "warn"}


@dataclass(frozen=True, slots=True)
class TaxIdLine:
    """A tax id on invoices, what its authority says of it, and how much a reader should mind."""

    id: str
    kind: str
    value: str
    status: str
    badge: str


@dataclass(frozen=True, slots=True)
class DetailsPart:
    """Who is billed, as invoices say it from now on."""

    name: str
    lines: tuple[str, ...]
    tax_ids: tuple[TaxIdLine, ...]


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """
    How the organization pays, and who is billed: None while nobody has said, or, where
    `is_unreachable`, while that cannot be asked.
    """

    card: str
    card_expires: str
    has_other_method: bool
    is_sandbox: bool
    details: DetailsPart | None
    is_unreachable: bool
    may_manage: bool
    who_may: tuple[str, ...]


def present_payment(
    visit: Visit,
    customer: StripeCustomer | None,
    *,
    details: DetailsFacts | None,
    is_unreachable: bool,
) -> PaymentPage:
    """Say how the organization pays, and who is billed."""
    may_manage = visit.may(Permission.MANAGE_BILLING)
    return PaymentPage(
        card="" if customer is None else customer.card_words,
        card_expires="" if customer is None else _month(customer.card_expires),
        has_other_method=customer is not None
        and customer.has_payment_method
        and not customer.card_words,
        is_sandbox=is_sandbox(),
        details=None if details is None else present_details(details),
        is_unreachable=is_unreachable,
        may_manage=may_manage,
        who_may=()
        if may_manage
        else tuple(
            list_names_with(organization=visit.organization, permission=Permission.MANAGE_BILLING)
        ),
    )


def present_details(details: DetailsFacts) -> DetailsPart:
    """Put what Stripe knows into words."""
    return DetailsPart(
        name=details.name,
        lines=_address_lines(details.address),
        tax_ids=tuple(map(_tax_id_line, details.tax_ids)),
    )


def _address_lines(address: AddressFacts) -> tuple[str, ...]:
    lines = (
        address.line1,
        address.line2,
        " ".join(filter(None, (address.postal_code, address.city))),
        address.state,
        country_words(address.country),
    )
    return tuple(filter(None, lines))


def _tax_id_line(tax_id: TaxIdFacts) -> TaxIdLine:
    return TaxIdLine(
        id=tax_id.id,
        kind=tax_id_words(tax_id.kind),
        value=tax_id.value,
        status=_verification_words(tax_id.verification),
        badge=_BADGES.get(tax_id.verification, "neutral"),
    )


def _verification_words(verification: str) -> str:
    """What the authority behind a tax id says; not every authority can be asked."""
    return {
        "verified": _("verified"),
        "pending": _("being verified"),
        "unverified": _("could not be verified"),
    }.get(verification, "")


def _month(year_and_month: str) -> str:
    """`2030-04` as it is printed on a card: `04/30`."""
    year, _dash, month = year_and_month.partition("-")
    return f"{month}/{year[2:]}" if month else ""

"""Customers whose margins are known: the article's three, on one plan, and what serving costs."""

from datetime import UTC, date, datetime
from decimal import Decimal

from accounts.models import Organization
from billing.analytics.serving_costs import CostDetails, add_cost
from billing.choices import CostBasis, InvoiceStatus
from billing.models import CustomerCost, Invoice, InvoiceLine, Settlement
from billing.usage.operations import report_usage
from metering.rate_card.operations import NewRate, create_action, set_rate

from .accounts import make_organization
from .agreements import make_agreement
from .catalog import STAFF, ArticleCatalog
from .metering import BEGINNING, report

# Months of usage of an agreement that began then are months of the calendar.
SEPTEMBER = datetime(2026, 9, 1, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)
MID_SEPTEMBER = datetime(2026, 9, 15, 12, tzinfo=UTC)
MID_OCTOBER = datetime(2026, 10, 15, 12, tzinfo=UTC)

# What one document costs ("The Math That Broke Per-Seat Pricing").
DOCUMENT = {
    "GPT-4 call": Decimal("0.06"),
    "Vector lookup": Decimal("0.01"),
    "Claude summary": Decimal("0.04"),
    "PDF": Decimal("0.01"),
}


def price_documents(catalog: ArticleCatalog) -> None:
    """Have the rate card say what a document costs: $0.12."""
    action = create_action(
        code="PROCESS_DOCUMENT",
        name="Process a document",
        name_plural="documents",
        meter=catalog.documents_meter,
        actor=STAFF,
        now=BEGINNING,
    )
    set_rate(
        action=action,
        rate=NewRate(effective_at=BEGINNING, credits=Decimal(1), cost_components=DOCUMENT),
        actor=STAFF,
        now=BEGINNING,
    )


def process(
    organization: Organization,
    documents: int,
    *,
    at: datetime = MID_SEPTEMBER,
    cost: str | None = None,
    name: str = "",
    member: str = "",
) -> str:
    """Report documents as one event, with what they cost if that is known; return its id."""
    event_id = name or f"{organization.pk}-{at:%m%d%H%M}-{documents}"
    [receipt] = report_usage(
        organization_id=organization.pk,
        reports=[
            report(
                event_id,
                documents,
                action="PROCESS_DOCUMENT",
                at=at,
                member=member,
                cost=None if cost is None else Decimal(cost),
            )
        ],
        api_key_id=None,
        received_at=at,
    )
    assert receipt.outcome == "accepted", receipt
    return event_id


def make_customer_of_seats(
    name: str, documents: int = 0, *, seats: int = 50, at: datetime = SEPTEMBER
) -> Organization:
    """A customer on the plan that charges $100 a seat, who processed so many documents."""
    organization = make_organization(name)
    make_agreement(organization, "per_seat", seats=seats, at=at)
    if documents:
        process(organization, documents)
    return organization


def make_cost(
    monthly: str = "100",
    *,
    organization: Organization | None = None,
    first: date = date(2026, 1, 1),
    last: date | None = None,
    basis: str = CostBasis.ORGANIZATION,
    name: str = "Hosting and support",
) -> CustomerCost:
    """What serving costs a month."""
    details = CostDetails(
        name,
        Decimal(monthly),
        first,
        last,
        basis,
        None if organization is None else organization.pk,
    )
    return add_cost(details=details, actor=STAFF, now=SEPTEMBER)


def make_invoice(
    organization: Organization,
    *lines: tuple[int, datetime, datetime, Settlement | None],
    status: str = InvoiceStatus.PAID,
    discount: int = 0,
    tax: int = 0,
    currency: str = "USD",
) -> Invoice:
    """An invoice as Stripe has it: each line an amount in minor units, and what it is for."""
    subtotal = sum(line[0] for line in lines)
    total = subtotal - discount + tax
    number = Invoice.objects.count()
    invoice = Invoice.objects.create(
        organization=organization,
        stripe_id=f"in_{number}",
        status=status,
        currency=currency,
        subtotal_minor=subtotal,
        discount_minor=discount,
        tax_minor=tax,
        total_minor=total,
        amount_due_minor=total,
        amount_paid_minor=0,
        amount_remaining_minor=total,
        issued_at=lines[0][1],
        synced_at=lines[0][1],
    )
    for position, (amount, starts_at, ends_at, settlement) in enumerate(lines):
        InvoiceLine.objects.create(
            organization=organization,
            invoice=invoice,
            settlement=settlement,
            stripe_id=f"il_{number}_{position}",
            position=position,
            amount_minor=amount,
            starts_at=starts_at,
            ends_at=ends_at,
        )
    return invoice

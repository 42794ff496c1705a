"""What actions take and models cost: rows of each kind, and two organizations that were told."""

from datetime import timedelta

from billing.models import PriceReview, RateChange, RateNotice
from metering.models import ActionRate, CostComponent
from tests.factories.agreements import SUBSCRIBED
from tests.factories.price_book import make_model
from tests.proof.books import Books

MONTH = timedelta(days=30)


def fill_prices(books: Books) -> None:
    """Write down a model, a change of a rate that both were told of, and two reviews."""
    model = make_model("gpt-4o-mini", "0.15", "0.60", "0.075")
    rate = ActionRate.objects.order_by("pk")[0]
    CostComponent.objects.create(
        rate=rate,
        name="call",
        unit_cost=0,
        model=model,
        input_tokens=1,
        output_tokens=1,
        cached_tokens=0,
    )
    change = RateChange.objects.create(
        rate=rate,
        credits_before=50,
        credits=62,
        scheduled_at=SUBSCRIBED,
        scheduled_by="staff",
        notice_days=30,
        tell_at=SUBSCRIBED,
        effective_at=SUBSCRIBED + MONTH,
        customer_count=2,
        reason="Costs rose",
    )
    for organization in (books.acme, books.globex):
        RateNotice.objects.create(organization=organization, change=change, told_at=SUBSCRIBED)
    PriceReview.objects.create(
        due_at=SUBSCRIBED,
        done_at=SUBSCRIBED,
        done_by="staff",
        decision="Nothing changes.",
        looked_at=[],
    )
    PriceReview.objects.create(due_at=SUBSCRIBED + 3 * MONTH)

"""A day whose recurring revenue was written down, and a proof of the books, for their guards."""

from datetime import date, timedelta

from billing.models import Agreement, LedgerCheck, RevenueDay, RevenueSnapshot
from tests.factories.agreements import SUBSCRIBED
from tests.proof.books import Books


def fill_revenue(books: Books) -> None:
    """Write down two days of two organizations, and two proofs."""
    for number in range(2):
        taken_at = SUBSCRIBED + timedelta(days=number + 1)
        day = RevenueDay.objects.create(day=date(2026, 9, 10 + number), taken_at=taken_at)
        LedgerCheck.objects.create(checked_at=taken_at, promise_count=50)
        for organization in (books.acme, books.globex):
            agreement = Agreement.objects.filter(organization=organization).latest("pk")
            RevenueSnapshot.objects.create(
                organization=organization,
                revenue_day=day,
                plan_version=agreement.plan_version,
                currency="USD",
                monthly_minor=299_00,
            )

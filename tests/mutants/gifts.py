"""Money and credits that were given by hand, and a balance at Stripe: for two organizations."""

from datetime import timedelta
from decimal import Decimal

from accounts.models import Organization
from billing.choices import ManualCreditKind, ManualCreditStatus, MoneyCreditCause
from billing.models import BalanceEntry, Feature, ManualCredit, MoneyCredit
from metering.choices import GrantCategory
from tests.factories.accounts import make_person
from tests.factories.agreements import SUBSCRIBED
from tests.proof.books import Books


def fill_gifts(books: Books) -> None:
    """Give both of them money, and let credits wait for a second person."""
    sam = make_person("Sam of the staff")
    feature = Feature.objects.filter(meter__isnull=False).order_by("pk")[0]
    for organization in (books.acme, books.globex):
        credit = _money(organization)
        asked = {
            "organization": organization,
            "reason": "For the outage",
            "asked_by": sam,
            "asked_label": sam.email,
            "asked_at": SUBSCRIBED,
        }
        ManualCredit.objects.create(
            **asked,
            request="staff_1",
            kind=ManualCreditKind.MONEY,
            status=ManualCreditStatus.GIVEN,
            currency="USD",
            amount_minor=2_500,
            needs_second_person=False,
            decided_at=SUBSCRIBED,
            money_credit=credit,
        )
        ManualCredit.objects.create(
            **asked,
            request="staff_2",
            kind=ManualCreditKind.CREDITS,
            status=ManualCreditStatus.WAITING,
            category=GrantCategory.PROMOTION,
            feature=feature,
            credits=Decimal(5_000),
            priority=100,
            needs_second_person=True,
        )


def _money(organization: Organization) -> MoneyCredit:
    credit = MoneyCredit.objects.create(
        organization=organization,
        cause=MoneyCreditCause.MANUAL,
        source="staff_1",
        reason="For the outage",
        currency="USD",
        amount_minor=2_500,
        granted_at=SUBSCRIBED,
        expires_at=SUBSCRIBED + timedelta(days=365),
    )
    BalanceEntry.objects.create(
        organization=organization,
        stripe_id=f"cbtxn_{organization.name.lower()}",
        position=0,
        kind="adjustment",
        currency="USD",
        amount_minor=2_500,
        balance_minor=2_500,
        money_credit=credit,
        occurred_at=SUBSCRIBED,
    )
    return credit

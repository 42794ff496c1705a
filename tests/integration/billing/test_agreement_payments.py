from datetime import timedelta

import pytest

from accounts.models import AuditEntry, Organization
from billing.agreements.errors import AgreementEnded
from billing.agreements.operations import bring_current, cancel_agreement
from billing.agreements.payments import mark_paid, mark_past_due
from billing.agreements.queries import find_live_agreement
from billing.agreements.terms import agreed_terms, ask_for_agreement
from billing.models import Agreement
from billing.settlements.operations import close_due_periods
from metering.models import UsagePeriod
from tests.factories.agreements import SUBSCRIBED, make_agreement, use
from tests.factories.catalog import STAFF, ArticleCatalog

LATER = SUBSCRIBED + timedelta(days=3)
OCTOBER = SUBSCRIBED.replace(month=10)


def test_an_overdue_payment_and_its_settlement_are_written_down(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = make_agreement(acme)
    overdue = mark_past_due(agreement=agreement, actor=STAFF, reason="Card declined", now=LATER)
    assert overdue.status == "past_due"
    assert mark_paid(agreement=agreement, actor=STAFF, now=LATER).status == "active"
    entries = AuditEntry.objects.filter(action__startswith="agreement.payment").order_by("pk")
    assert [(entry.action, entry.changes, entry.reason) for entry in entries] == [
        ("agreement.payment_overdue", {"status": ["active", "past_due"]}, "Card declined"),
        ("agreement.payment_settled", {"status": ["past_due", "active"]}, ""),
    ]


def test_saying_it_again_changes_nothing(catalog: ArticleCatalog, acme: Organization) -> None:
    agreement = make_agreement(acme)
    mark_paid(agreement=agreement, actor=STAFF, now=LATER)
    for _ in range(2):
        mark_past_due(agreement=agreement, actor=STAFF, now=LATER)
    assert AuditEntry.objects.filter(action__startswith="agreement.payment").count() == 1


def test_an_overdue_agreement_is_live_and_goes_on(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = make_agreement(acme)
    mark_past_due(agreement=agreement, actor=STAFF, now=LATER)
    assert find_live_agreement(organization=acme) == agreement
    agreed = agreed_terms(ask_for_agreement(organization_id=acme.pk, received_at=LATER))
    assert agreed is not None
    assert agreed.is_past_due
    assert use(acme, "evt_1", 5, at=LATER).outcome == "accepted"
    bring_current(organization=acme, now=OCTOBER)
    assert UsagePeriod.objects.count() == 2
    assert close_due_periods(now=OCTOBER + timedelta(hours=1)) == 1


def test_an_overdue_agreement_can_be_ended(catalog: ArticleCatalog, acme: Organization) -> None:
    agreement = make_agreement(acme)
    mark_past_due(agreement=agreement, actor=STAFF, now=LATER)
    cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=LATER)
    entry = AuditEntry.objects.get(action="agreement.canceled")
    assert entry.changes["status"] == ["past_due", "canceled"]


@pytest.mark.parametrize("mark", [mark_past_due, mark_paid])
def test_an_agreement_that_has_ended_stays_ended(
    catalog: ArticleCatalog, acme: Organization, mark: type
) -> None:
    agreement = make_agreement(acme)
    cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=LATER)
    with pytest.raises(AgreementEnded):
        mark(agreement=agreement, actor=STAFF, now=LATER)
    assert Agreement.objects.get().status == "canceled"

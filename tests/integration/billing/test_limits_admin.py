"""Staff read the limits of organizations, and change none of them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Organization
from billing.choices import CapAction, ThresholdUnit
from billing.limits.operations import set_spend_cap, set_threshold
from billing.models import LimitCrossing, SpendCap, UsageThreshold
from billing.usage.operations import report_usage
from tests.factories.accounts import make_person
from tests.factories.agreements import SUBSCRIBED, make_agreement
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.factories.metering import report

LATER = SUBSCRIBED + timedelta(hours=1)
MODELS = [UsageThreshold, SpendCap, LimitCrossing]


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    client.force_login(make_person("Sam", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def limited(catalog: ArticleCatalog, acme: Organization) -> Organization:
    """Acme has a threshold of each unit and a cap, and has reached some of them."""
    make_agreement(acme, "starter")
    for unit, value in (("percent", 90), ("credits", "12.5"), ("money", 50_00)):
        set_threshold(
            organization=acme,
            unit=unit,
            value=Decimal(value),
            feature=None if unit == ThresholdUnit.MONEY else "ai_credits",
            actor=STAFF,
            now=SUBSCRIBED,
        )
    set_spend_cap(
        organization=acme, amount_minor=75_00, action=CapAction.STOP, actor=STAFF, now=SUBSCRIBED
    )
    report_usage(
        organization_id=acme.pk,
        reports=[report("evt_1", 1_400)],
        api_key_id=None,
        received_at=LATER,
    )
    return acme


def page(model: type, name: str, *args: object) -> str:
    return reverse(f"admin:billing_{model.__name__.lower()}_{name}", args=args)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (UsageThreshold, ["90 %", "12.5", "$50"]),
        (SpendCap, ["$75", "Refuse usage that asks first"]),
        (LimitCrossing, ["percent:90", "credits:12.5", "money:5000", "allowance", "1400", "$60"]),
    ],
)
def test_they_are_listed(
    staff: Client, limited: Organization, model: type, words: list[str]
) -> None:
    text = staff.get(page(model, "changelist")).content.decode()
    assert [word for word in words if word not in text] == []
    assert limited.name in text


@pytest.mark.parametrize("model", MODELS)
def test_they_are_only_read(staff: Client, limited: Organization, model: Any) -> None:
    row = model.objects.first()
    shown = staff.get(page(model, "change", row.pk))
    assert shown.status_code == 200
    assert 'name="_save"' not in shown.content.decode()
    assert staff.get(page(model, "add")).status_code == 403
    assert staff.post(page(model, "change", row.pk), {"limit": "x"}).status_code == 403
    assert staff.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_a_history_of_any_length_takes_the_same_queries(
    staff: Client, limited: Organization
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            staff.get(page(LimitCrossing, "changelist"))
        return len(found)

    queries()
    few = queries()
    report_usage(
        organization_id=limited.pk,
        reports=[report("evt_2", 1_400)],
        api_key_id=None,
        received_at=LATER + timedelta(days=31),
    )
    assert LimitCrossing.objects.count() > 10
    assert queries() == few

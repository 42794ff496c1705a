"""An action gets dearer only after its customers were told; each is told once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, MailNotice, Organization, WebhookEvent
from billing.models import RateChange, RateNotice
from billing.price_design.notices import tell_of_rate_changes
from billing.price_design.scheduling import (
    NoticeTooShort,
    NotWithdrawable,
    RateOrder,
    schedule_rate,
    withdraw_change,
)
from billing.usage.operations import report_usage
from config.kernel.errors import Invalid
from metering.models import Action, ActionRate, UsageEvent
from metering.price_book.costs import TokensUsed
from tests.factories.accounts import make_organization
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.factories.metering import report
from tests.factories.price_book import make_model, price

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
IN_30_DAYS = NOW + 30 * DAY


@pytest.fixture
def action(catalog: ArticleCatalog) -> Action:
    return Action.objects.get(code="GENERATE_REPORT")


@pytest.fixture
def customer(catalog: ArticleCatalog, acme: Organization) -> Organization:
    make_agreement(acme, "professional")
    return acme


def order(
    credits: str, at: datetime = IN_30_DAYS, *, days: int = 30, reason: str = "Costs rose"
) -> RateOrder:
    return RateOrder(
        effective_at=at,
        credits=Decimal(credits),
        notice_days=days,
        reason=reason,
        cost_components={"model": Decimal("1.58")},
        customer_value=Decimal(150),
    )


def schedule(action: Action, what: RateOrder, *, now: datetime = NOW) -> RateChange | None:
    return schedule_rate(action=action, order=what, actor=STAFF, now=now)


def told(organization: Organization) -> list[WebhookEvent]:
    events = WebhookEvent.objects.filter(organization=organization, type="rate_change.scheduled")
    return list(events.order_by("pk"))


def test_more_credits_start_after_the_notice(action: Action, customer: Organization) -> None:
    change = schedule(action, order("62"))
    assert change is not None
    assert (change.credits_before, change.credits, change.customer_count) == (50, 62, 1)
    assert (change.tell_at, change.effective_at) == (NOW, IN_30_DAYS)
    for at, credits in ((IN_30_DAYS - SECOND, 50), (IN_30_DAYS, 62)):
        report_usage(
            organization_id=customer.pk,
            reports=[report(f"e-{at}".replace(" ", "T"), 1, action="GENERATE_REPORT", at=at)],
            api_key_id=None,
            received_at=IN_30_DAYS,
        )
        assert UsageEvent.objects.latest("pk").credits == credits
    entry = AuditEntry.objects.get(action="rate_change.scheduled")
    assert (entry.target, entry.changes["credits"]) == ("GENERATE_REPORT", ["50.000000", "62"])


@pytest.mark.parametrize(
    "what",
    [
        order("62", IN_30_DAYS - SECOND),
        order("62", IN_30_DAYS, days=29),
        order("62", IN_30_DAYS, days=31),
        order("50.000001", NOW, days=0),
    ],
)
def test_more_credits_any_earlier_are_refused(
    action: Action, customer: Organization, what: RateOrder
) -> None:
    with pytest.raises(NoticeTooShort):
        schedule(action, what)
    assert ActionRate.objects.filter(action=action).count() == 1


def test_the_database_refuses_it_too(action: Action, customer: Organization) -> None:
    change = schedule(action, order("44", NOW, days=0))
    assert change is not None
    rate = change.rate
    with pytest.raises(IntegrityError, match="rate_change_keeps_its_notice"), transaction.atomic():
        RateChange.objects.create(
            rate=ActionRate.objects.exclude(pk=rate.pk).get(action=action),
            credits_before=44,
            credits=50,
            scheduled_at=NOW,
            scheduled_by="x",
            notice_days=30,
            tell_at=NOW - DAY,
            effective_at=NOW + 29 * DAY,
            customer_count=1,
            reason="now",
        )


def test_without_a_customer_nobody_has_to_be_told(action: Action) -> None:
    change = schedule(action, order("62", NOW, days=0))
    assert change is not None
    assert change.customer_count == 0
    assert tell_of_rate_changes(now=NOW) == 0


def test_fewer_credits_may_start_at_once(action: Action, customer: Organization) -> None:
    assert schedule(action, order("44", NOW, days=30)) is not None
    assert tell_of_rate_changes(now=NOW) == 1


def test_a_cost_alone_may_change_at_once_and_nobody_is_told(
    action: Action, customer: Organization
) -> None:
    change = schedule(
        action,
        RateOrder(
            effective_at=NOW,
            credits=Decimal(50),
            notice_days=0,
            reason="The model got cheaper",
            cost_components={"model": Decimal("0.9")},
        ),
    )
    assert change is None
    assert ActionRate.objects.filter(action=action).count() == 2
    assert tell_of_rate_changes(now=NOW + 365 * DAY) == 0


def test_each_customer_is_told_once_when_its_notice_begins(
    action: Action, customer: Organization
) -> None:
    globex = make_organization("Globex")
    change = schedule(action, order("62", NOW + 40 * DAY))
    assert change is not None
    begins = NOW + 10 * DAY
    assert tell_of_rate_changes(now=begins - SECOND) == 0
    assert tell_of_rate_changes(now=begins) == 1
    assert tell_of_rate_changes(now=begins + DAY) == 0
    [event] = told(customer)
    assert event.data == {
        "id": change.public_id,
        "action": "GENERATE_REPORT",
        "action_name": "Generate report",
        "feature": "ai_credits",
        "credits_before": "50",
        "credits": "62",
        "effective_at": "2026-10-30T12:00:00Z",
    }
    notice = RateNotice.objects.get()
    assert (notice.organization_id, notice.told_at) == (customer.pk, begins)
    # Who subscribes before it changes is told as well; who does later never knew another rate.
    make_agreement(globex, "starter", at=begins + DAY)
    assert tell_of_rate_changes(now=begins + 2 * DAY) == 1
    late = make_organization("Initech")
    make_agreement(late, "starter", at=NOW + 41 * DAY)
    assert tell_of_rate_changes(now=NOW + 42 * DAY) == 0


def test_a_customer_without_the_feature_is_not_told(action: Action, acme: Organization) -> None:
    schedule(action, order("62", NOW, days=0))
    assert tell_of_rate_changes(now=NOW) == 0
    assert told(acme) == []


def test_customers_are_mailed(action: Action, customer: Organization) -> None:
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False):
        schedule(action, order("62", now + 30 * DAY), now=now)
        tell_of_rate_changes(now=now)
    assert MailNotice.objects.get(kind="rate_change").organization_id == customer.pk


def test_a_change_that_nobody_knows_of_can_be_withdrawn(
    action: Action, customer: Organization
) -> None:
    now = datetime.now(UTC)
    change = schedule(action, order("62", now + 40 * DAY), now=now)
    assert change is not None
    withdraw_change(change=change, actor=STAFF, now=now + DAY)
    assert ActionRate.objects.filter(action=action).count() == 1
    assert tell_of_rate_changes(now=now + 20 * DAY) == 0
    assert AuditEntry.objects.filter(action="rate_change.withdrawn").count() == 1
    with pytest.raises(NotWithdrawable):
        withdraw_change(change=change, actor=STAFF, now=now + DAY)


def test_what_customers_were_told_stays(action: Action, customer: Organization) -> None:
    change = schedule(action, order("62"))
    assert change is not None
    tell_of_rate_changes(now=NOW)
    with pytest.raises(NotWithdrawable, match="told"):
        withdraw_change(change=change, actor=STAFF, now=NOW)
    assert RateChange.objects.count() == 1


def test_a_rate_is_scheduled_after_all_that_wait(action: Action, customer: Organization) -> None:
    schedule(action, order("62", NOW + 60 * DAY))
    with pytest.raises(Invalid, match="later rate"):
        schedule(action, order("55", NOW + 50 * DAY))
    later = schedule(action, order("70", NOW + 90 * DAY))
    assert later is not None
    assert later.credits_before == 62


def test_a_change_has_a_reason(action: Action, customer: Organization) -> None:
    with pytest.raises(Invalid, match="why"):
        schedule(action, order("62", reason="  "))


def test_the_first_rate_is_no_change(catalog: ArticleCatalog) -> None:
    new = Action.objects.create(
        code="TRANSLATE", name="Translate", name_plural="translations", meter=catalog.meter
    )
    with pytest.raises(Invalid, match="no rate yet"):
        schedule(new, order("3"))


def test_a_call_to_a_model_costs_what_the_book_says_when_the_rate_starts(action: Action) -> None:
    model = make_model("sonnet", "3", "15", "0.3")
    price(model, "2", "10", "0.2", at=NOW + 10 * DAY, now=NOW)
    for at, cost in ((NOW + 9 * DAY, "0.105"), (NOW + 11 * DAY, "0.07")):
        schedule_rate(
            action=action,
            order=RateOrder(
                effective_at=at,
                credits=Decimal(50),
                notice_days=0,
                reason="Another model",
                model_calls={"Draft": TokensUsed("sonnet", 20_000, 3_000)},
            ),
            actor=STAFF,
            now=NOW,
        )
        [part] = ActionRate.objects.latest("effective_at").cost_components.all()
        assert part.unit_cost == Decimal(cost)
    unknown = RateOrder(
        effective_at=NOW + 12 * DAY,
        credits=Decimal(50),
        notice_days=0,
        reason="Another model",
        model_calls={"Draft": TokensUsed("gpt-9")},
    )
    with pytest.raises(Invalid, match="gpt-9"):
        schedule(action, unknown)

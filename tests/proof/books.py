"""Books in which everything has happened that the ledger knows, for two strangers alike."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from billing.agreements.changes import change_plan
from billing.agreements.operations import cancel_agreement
from billing.choices import CapAction, ThresholdUnit
from billing.limits.operations import set_spend_cap, set_threshold
from billing.models import Agreement
from billing.settlements.operations import close_due_periods
from billing.top_ups.operations import confirm_top_up
from billing.usage import operations as usage
from metering import operations as metering
from metering.choices import Aggregation, GrantCategory
from metering.credits.rollover import Basis, RolloverPolicy
from metering.models import Action, Meter
from metering.operations import HoldReceipt
from metering.usage.reports import HoldRequest
from metering.usage.rollups import fill_rollups
from tests.factories import catalog, pricing, top_ups
from tests.factories.agreements import SUBSCRIBED, make_agreement
from tests.factories.metering import make_credit_meter, make_meter, report

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
OCTOBER = SUBSCRIBED.replace(month=10)
HALF_FOR_TWO_MONTHS = RolloverPolicy(Basis.UNUSED, 50, cap_percent=100, term_periods=2)


@dataclass(frozen=True)
class Books:
    """Acme and Globex, who never met, and Initech, who has left."""

    acme: Organization
    globex: Organization
    initech: Organization
    credits: Meter
    people: Meter


def fill_books() -> Books:
    """Tell the story of three organizations from the 10th of September to October."""
    credits, people = _sell_plans()
    organizations = [
        Organization.objects.create(name=name, currency="USD")
        for name in ("Acme", "Globex", "Initech")
    ]
    for organization in organizations:
        _spend_september(organization, make_agreement(organization, "small"), credits)
    _leave(organizations[-1])
    close_due_periods(now=OCTOBER + HOUR)
    for organization in organizations[:-1]:
        _spend_october(organization)
    for organization in organizations:
        fill_rollups(organization_id=organization.pk)
    acme, globex, initech = organizations
    return Books(acme, globex, initech, credits, people)


def _sell_plans() -> tuple[Meter, Meter]:
    credits = make_credit_meter()
    people = make_meter(
        "people", unit="person", aggregation=Aggregation.UNIQUE, unique_property="member"
    )
    features = [catalog.make_metered(credits), catalog.make_metered(people)]
    group = catalog.make_group()
    tiers = pricing.graduated((100, "0.15"), (None, "0.10"))
    for code, allowance, price in (("small", 100, "10"), ("large", 300, "30")):
        catalog.make_version(
            catalog.make_plan(group, code),
            catalog.metered(features[0], allowance, overage=tiers, rollover=HALF_FOR_TWO_MONTHS),
            catalog.metered(features[1], 10),
            prices=(catalog.fixed(price),),
        )
    top_ups.make_pack(features[0], credits=40)
    return credits, people


def _spend_september(organization: Organization, agreement: Agreement, credits: Meter) -> None:
    """Usage of every kind, credits of every kind, and a move to a larger plan."""
    at = SUBSCRIBED + DAY
    set_threshold(
        organization=organization,
        unit=ThresholdUnit.PERCENT,
        value=Decimal(60),
        feature="ai_credits",
        actor=catalog.STAFF,
        now=at,
    )
    set_spend_cap(
        organization=organization,
        amount_minor=100_000,
        action=CapAction.NOTIFY,
        actor=catalog.STAFF,
        now=at,
    )
    _use(organization, "sep-1", 6, action="SUMMARIZE_SHORT", at=at)
    _use(organization, f"of-{organization.name.lower()}", 0, at=at)
    for number, member in enumerate(["alice", "bob", "alice"]):
        _use(organization, f"person-{number}", 1, meter="people", member=member, at=at)
    settled = hold(organization, "settled", 20, at=at)
    released = hold(organization, "released", 15, at=at)
    hold(organization, "expired", 5, at=at)
    usage.settle_hold(
        organization_id=organization.pk,
        hold_id=settled.public_id,
        report=report("sep-2", 10),
        api_key_id=None,
        received_at=at,
    )
    usage.release_hold(organization_id=organization.pk, hold_id=released.public_id, now=at)
    _use(organization, "sep-3", 90, at=at + 2 * HOUR)
    give(organization, credits, 12, source="gift")
    give(organization, credits, 25, source="pages", action="EXTRACT_TEXT")
    _use(organization, "sep-4", 8, at=at + 3 * HOUR)
    usage.reverse_usage(
        organization_id=organization.pk,
        event_id="sep-4",
        reason="never happened",
        now=at + 4 * HOUR,
    )
    change_plan(
        agreement=agreement, plan_code="large", actor=catalog.STAFF, now=SUBSCRIBED + 15 * DAY
    )
    _use(organization, "sep-5", 20, at=SUBSCRIBED + 16 * DAY)
    paid = top_ups.order(organization, at=SUBSCRIBED + 17 * DAY)
    confirm_top_up(
        top_up=paid, payment_reference="wire", actor=catalog.STAFF, now=SUBSCRIBED + 17 * DAY
    )


def _leave(organization: Organization) -> None:
    cancel_agreement(
        agreement=Agreement.objects.owned_by(organization).get(),
        actor=catalog.STAFF,
        reason="",
        now=SUBSCRIBED + 20 * DAY,
    )


def _spend_october(organization: Organization) -> None:
    """Late usage, usage of a settled month that is taken back, and a hold that is still open."""
    at = OCTOBER + 2 * HOUR
    _use(organization, "oct-1", 3, at=at, occurred_at=SUBSCRIBED + DAY)
    usage.reverse_usage(
        organization_id=organization.pk, event_id="sep-3", reason="wrong customer", now=at
    )
    hold(organization, "open", 7, at=at, lasts=30 * DAY)
    _use(organization, "oct-2", 700, at=at)
    top_ups.set_automatic(organization, threshold=5, target=50, at=at)
    _use(organization, "oct-3", 1, at=at + HOUR)


def hold(
    organization: Organization, key: str, quantity: int, *, at: datetime, lasts: timedelta = HOUR
) -> HoldReceipt:
    """Credits set aside."""
    return usage.hold_usage(
        organization_id=organization.pk,
        request=HoldRequest(
            key=key,
            quantity=Decimal(quantity),
            body_sha256=key.encode().ljust(32),
            lasts=lasts,
            meter="ai_credits",
        ),
        api_key_id=None,
        received_at=at,
    )


def give(
    organization: Organization,
    meter: Meter,
    amount: int,
    *,
    source: str,
    action: str | None = None,
) -> None:
    """A promotion, effective from the beginning, for one action or for everything."""
    action_ids = Action.objects.filter(code=action).values_list("pk", flat=True)
    with transaction.atomic():
        lock_organization(organization_id=organization.pk)
        metering.grant_credits(
            organization_id=organization.pk,
            grant=metering.NewGrant(
                meter_id=meter.pk,
                category=GrantCategory.PROMOTION,
                amount=Decimal(amount),
                effective_at=SUBSCRIBED,
                expires_at=OCTOBER + 90 * DAY,
                source=source,
                action_ids=list(action_ids),
            ),
        )


def _use(
    organization: Organization,
    event_id: str,
    quantity: int,
    *,
    at: datetime,
    occurred_at: datetime | None = None,
    **fields: Any,
) -> None:
    usage.report_usage(
        organization_id=organization.pk,
        reports=[report(event_id, quantity, at=occurred_at or at, **fields)],
        api_key_id=None,
        received_at=at,
    )

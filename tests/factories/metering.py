"""Meters, rate cards and reports for tests."""

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.audit.actor import SYSTEM
from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from metering import operations
from metering.choices import GrantCategory
from metering.credits.rollover import RolloverPolicy
from metering.models import Action, ActionRate, CreditGrant, Meter
from metering.operations import ClosedPeriod, HoldReceipt, Reversal
from metering.rate_card.operations import Counting, NewRate, create_action, create_meter, set_rate
from metering.usage.reports import HoldRequest, MeterTerms, Receipt, UsageReport
from metering.usage.state import ask_for_ledger

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
ANCHOR = datetime(2026, 9, 10, 8, tzinfo=UTC)

# The article's rate card: credits, cost in dollars, value to the customer in dollars.
RATE_CARD = {
    "EXTRACT_TEXT": ("Extract text", "text extractions", "5", "0.035", "5"),
    "SUMMARIZE_SHORT": ("Summarize", "summaries", "10", "0.19", "15"),
    "GENERATE_REPORT": ("Generate report", "reports", "50", "1.58", "150"),
}


def make_credit_meter() -> Meter:
    """The meter `ai_credits` with the article's three actions on it."""
    meter = make_meter("ai_credits", name="AI credits", unit="credit")
    for code, (name, plural, credits, cost, value) in RATE_CARD.items():
        action = create_action(
            code=code, name=name, name_plural=plural, meter=meter, actor=SYSTEM, now=BEGINNING
        )
        rate(action, credits, cost=cost, value=value)
    return meter


def make_meter(code: str, *, unit: str, name: str = "", **counting: Any) -> Meter:
    """A meter that counts something else."""
    return create_meter(
        code=code,
        name=name or code.replace("_", " ").capitalize(),
        unit=unit,
        unit_plural=f"{unit}s",
        counting=Counting(**counting),
        actor=SYSTEM,
        now=BEGINNING,
    )


def rate(
    action: Action,
    credits: str,
    *,
    cost: str = "0",
    value: str | None = None,
    effective_at: datetime = BEGINNING,
    now: datetime = BEGINNING,
) -> ActionRate:
    """Set a rate with one cost component."""
    return set_rate(
        action=action,
        rate=NewRate(
            effective_at=effective_at,
            credits=Decimal(credits),
            cost_components={"model": Decimal(cost)},
            customer_value=None if value is None else Decimal(value),
        ),
        actor=SYSTEM,
        now=now,
    )


def terms(
    meter: Meter,
    *,
    allowance: int | None = 5_000,
    starts_at: datetime = ANCHOR,
    anchor_at: datetime | None = None,
    source: str = "agr_test",
    **others: Any,
) -> MeterTerms:
    """What an agreement hands down for a meter."""
    return MeterTerms(
        meter_id=meter.pk,
        meter=meter.code,
        starts_at=starts_at,
        anchor_at=anchor_at or starts_at,
        allowance=None if allowance is None else Decimal(allowance),
        source=source,
        aggregation=meter.aggregation,
        unique_property=meter.unique_property,
        **others,
    )


def report(
    event_id: str,
    quantity: int | str = 1,
    *,
    action: str | None = None,
    meter: str | None = None,
    at: datetime | None = None,
    **fields: Any,
) -> UsageReport:
    """A report of one event; of the meter `ai_credits` unless an action is named."""
    if action is None and meter is None:
        meter = "ai_credits"
    body = repr((event_id, str(quantity), action, meter, at, sorted(fields.items())))
    return UsageReport(
        event_id=event_id,
        quantity=Decimal(quantity),
        action=action,
        meter=meter,
        occurred_at=at,
        body_sha256=hashlib.sha256(body.encode()).digest(),
        **fields,
    )


def record(
    organization: Organization,
    *reports: UsageReport,
    terms: MeterTerms | list[MeterTerms] | None,
    at: datetime,
    api_key_id: int | None = None,
) -> list[Receipt]:
    """Report usage as an interface would: one transaction, under the organization's lock."""
    with transaction.atomic():
        lock_organization(organization_id=organization.pk)
        return operations.record_usage(
            state=ask_for_ledger(organization_id=organization.pk, reports=reports, received_at=at),
            reports=reports,
            terms=[terms] if isinstance(terms, MeterTerms) else terms,
            api_key_id=api_key_id,
        ).receipts


def grant(
    organization: Organization,
    meter: Meter,
    amount: int | str,
    *,
    category: GrantCategory = GrantCategory.PROMOTION,
    effective_at: datetime = ANCHOR,
    expires_at: datetime | None = None,
    priority: int = 100,
    actions: tuple[str, ...] = (),
    source: str = "test",
) -> CreditGrant:
    """Give credits that no agreement stands behind."""
    with transaction.atomic():
        lock_organization(organization_id=organization.pk)
        return operations.grant_credits(
            organization_id=organization.pk,
            grant=operations.NewGrant(
                meter_id=meter.pk,
                category=category,
                amount=Decimal(amount),
                effective_at=effective_at,
                expires_at=expires_at,
                priority=priority,
                source=source,
                action_ids=[Action.objects.get(code=code).pk for code in actions],
            ),
        )


def hold(
    organization: Organization,
    key: str,
    quantity: int | str,
    *,
    terms: MeterTerms,
    at: datetime,
    action: str | None = None,
    lasts: timedelta = timedelta(minutes=15),
) -> HoldReceipt:
    """Set credits aside as an interface would."""
    body = repr((key, str(quantity), action, lasts))
    request = HoldRequest(
        key=key,
        quantity=Decimal(quantity),
        body_sha256=hashlib.sha256(body.encode()).digest(),
        lasts=lasts,
        action=action,
        meter=None if action else terms.meter,
    )
    with transaction.atomic():
        lock_organization(organization_id=organization.pk)
        state = ask_for_ledger(
            organization_id=organization.pk, actions=[action] if action else (), received_at=at
        )
        return operations.hold_credits(state=state, request=request, terms=[terms], api_key_id=None)


def settle(
    organization: Organization,
    held: HoldReceipt,
    quantity: int | str,
    *,
    terms: MeterTerms,
    at: datetime,
    event_id: str = "",
) -> Receipt:
    """Settle a hold with what was really used."""
    used = report(event_id or held.key, quantity, meter=terms.meter)
    with transaction.atomic():
        lock_organization(organization_id=organization.pk)
        return operations.settle_hold(
            state=ask_for_ledger(organization_id=organization.pk, reports=[used], received_at=at),
            hold_id=held.public_id,
            report=used,
            terms=[terms],
            api_key_id=None,
        ).receipts[0]


def release(organization: Organization, held: HoldReceipt, *, at: datetime) -> HoldReceipt:
    """Give back what a hold has set aside."""
    with transaction.atomic():
        lock_organization(organization_id=organization.pk)
        return operations.release_hold(
            organization_id=organization.pk, hold_id=held.public_id, now=at
        )


def reverse(
    organization: Organization, event_id: str, *, at: datetime, reason: str = "a mistake"
) -> Reversal:
    """Take one event back."""
    with transaction.atomic():
        lock_organization(organization_id=organization.pk)
        return operations.reverse_usage(
            organization_id=organization.pk, event_id=event_id, reason=reason, now=at
        )


def close(
    organization: Organization,
    *,
    at: datetime,
    policy: RolloverPolicy | None = None,
    anchor_at: datetime = ANCHOR,
) -> list[ClosedPeriod]:
    """Close every period whose grace is over, oldest first."""
    with transaction.atomic():
        lock_organization(organization_id=organization.pk)
        return [
            operations.close_period(
                organization_id=organization.pk,
                period=period,
                policy=policy,
                anchor_at=anchor_at,
                now=at,
            )
            for period in operations.list_periods_to_close(organization_id=organization.pk, now=at)
        ]


def open_through(organization: Organization, terms: MeterTerms, *, at: datetime) -> None:
    """Open the periods up to a moment, each with its allowance."""
    with transaction.atomic():
        lock_organization(organization_id=organization.pk)
        operations.open_periods(organization_id=organization.pk, terms=terms, through=at)

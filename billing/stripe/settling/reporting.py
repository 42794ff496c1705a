"""
Overage reported to a Billing Meter: once for each settled period, what is to be paid for and
nothing else.

Only what is beyond every grant is reported, so the price that the meter is counted by is a flat
one. A correction within a day takes the report back and reports what is left; a later one is a
finished line, as is a period whose billing period Stripe has invoiced already.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Sum

from config.kernel.quantities import ZERO

from ...choices import ChargeStatus, IntentStatus, OverageCollection, SettlementKind
from ...invoicing.charges import mark_placed
from ...models import Settlement, SettlementCharge, StripeIntent, StripeMeter, StripePrice
from ..gateway.client import ask_for_all
from ..gateway.facts import Json
from ..intents import Call, concludes, perform
from .standing import Billed, is_renewal

REPORT_KEY: Final = "overage-report:"
TAKE_BACK_KEY: Final = "overage-take-back:"
# Stripe takes reports of the past 35 days, and takes them back for a day; a little less is safe.
REPORTED_WITHIN: Final = timedelta(days=34)
TAKEN_BACK_WITHIN: Final = timedelta(hours=23)
# Stripe counts in whole seconds; the last one of a period is in it.
_SECOND: Final = timedelta(seconds=1)
_MINUTE: Final = timedelta(minutes=1)


def can_report(charge: SettlementCharge, *, billed: Billed, now: datetime) -> bool:
    """Whether the meter still takes a planned charge, or may have taken it already."""
    said = StripeIntent.objects.filter(key__in=[_report_key(charge), _take_back_key(charge)])
    statuses = set(said.values_list("status", flat=True))
    if statuses:
        return IntentStatus.REFUSED not in statuses
    if not _is_counted(charge, billed) or now - _reported_at(charge) > REPORTED_WITHIN:
        return False
    if charge.settlement.kind == SettlementKind.CORRECTION:
        return _can_take_back(_last_report(charge), now=now)
    return _is_open_at_stripe(charge, billed)


def report_charge(charge: SettlementCharge, *, customer_id: str, now: datetime) -> None:
    """Report a planned charge; a correction takes the report before it back first."""
    left = reported_quantity(charge)
    if charge.settlement.kind == SettlementKind.CORRECTION:
        _take_back(charge, left=left, now=now)
        if left == ZERO:
            return
    if _was_given_up(charge) and counted_at_stripe(charge, customer_id=customer_id) == left:
        # Whoever reported it died before the answer came, more than a day ago.
        mark_placed(
            settlement_id=charge.settlement.public_id,
            item_id=charge.settlement.public_id,
            invoice_id=charge.stripe_invoice_id,
            now=now,
        )
        return
    perform(
        Call(
            operation="billing.meter_events.create",
            key=_report_key(charge),
            params={
                "event_name": _meter_of(charge).event_name,
                "identifier": charge.settlement.public_id,
                "timestamp": int(_reported_at(charge).timestamp()),
                "payload": {"stripe_customer_id": customer_id, "value": f"{left.normalize():f}"},
            },
            subject=charge.settlement.public_id,
            organization_id=charge.organization_id,
        ),
        now=now,
    )


def reported_quantity(charge: SettlementCharge) -> Decimal:
    """What the meter is to have counted of a period once this charge is reported."""
    settled = Settlement.objects.filter(
        organization_id=charge.organization_id,
        usage_period_id=charge.settlement.usage_period_id,
        pk__lte=charge.settlement_id,
    )
    return settled.aggregate(left=Sum("overage_credits"))["left"] or ZERO


def counted_at_stripe(charge: SettlementCharge, *, customer_id: str) -> Decimal:
    """What Stripe's meter has counted in the period of a charge. It may take it a minute."""
    settlement = charge.settlement
    summaries = ask_for_all(
        "billing.meters.event_summaries.list",
        {
            "customer": customer_id,
            # Stripe asks for whole minutes; in this one the period before was reported.
            "start_time": int(_whole_minute_after(settlement.starts_at).timestamp()),
            "end_time": int(_whole_minute_after(settlement.ends_at).timestamp()),
        },
        target=_meter_of(charge).stripe_id,
    )
    # The number comes as JSON; its text is exact for as many digits as a meter takes.
    return sum((Decimal(str(each["aggregated_value"])) for each in summaries), ZERO)


def _take_back(charge: SettlementCharge, *, left: Decimal, now: datetime) -> None:
    last = _last_report(charge)
    assert last is not None, charge
    perform(
        Call(
            operation="billing.meter_event_adjustments.create",
            key=_take_back_key(charge),
            params={
                "event_name": _meter_of(charge).event_name,
                "type": "cancel",
                "cancel": {"identifier": last.item_id},
            },
            subject=charge.settlement.public_id if left == ZERO else "",
            organization_id=charge.organization_id,
        ),
        now=now,
    )


@concludes("billing.meter_events.create")
def note_report(intent: StripeIntent, answer: Json, now: datetime) -> None:
    """The meter has the overage of the period."""
    if intent.key.startswith(REPORT_KEY):
        _mark_reported(intent.subject, now=now)


@concludes("billing.meter_event_adjustments.create")
def note_taken_back(intent: StripeIntent, answer: Json, now: datetime) -> None:
    """Nothing is left of what was reported, so nothing more is to be reported."""
    if intent.key.startswith(TAKE_BACK_KEY) and intent.subject:
        _mark_reported(intent.subject, now=now)


def _mark_reported(settlement_id: str, *, now: datetime) -> None:
    charge = SettlementCharge.objects.get(settlement__public_id=settlement_id)
    mark_placed(
        settlement_id=settlement_id,
        item_id=settlement_id,
        invoice_id=charge.stripe_invoice_id,
        now=now,
    )


def _report_key(charge: SettlementCharge) -> str:
    return f"{REPORT_KEY}{charge.settlement.public_id}"


def _take_back_key(charge: SettlementCharge) -> str:
    return f"{TAKE_BACK_KEY}{charge.settlement.public_id}"


def _was_given_up(charge: SettlementCharge) -> bool:
    return StripeIntent.objects.filter(
        key=_report_key(charge), status=IntentStatus.ABANDONED
    ).exists()


def _reported_at(charge: SettlementCharge) -> datetime:
    """The last whole minute in the period, so that it is counted in no other one."""
    return (charge.settlement.ends_at - _SECOND).replace(second=0, microsecond=0)


def _whole_minute_after(at: datetime) -> datetime:
    cut = at.replace(second=0, microsecond=0)
    return cut if cut == at else cut + _MINUTE


def _meter_of(charge: SettlementCharge) -> StripeMeter:
    return StripeMeter.objects.get(feature_id=charge.settlement.feature_id)


def _is_counted(charge: SettlementCharge, billed: Billed) -> bool:
    """Whether the subscription has the price that the feature's meter counts for."""
    prices = [item.price_id for item in billed.subscription.items if item.is_metered]
    return (
        billed.is_live
        and StripePrice.objects.filter(
            stripe_id__in=prices, feature_id=charge.settlement.feature_id
        ).exists()
    )


def _is_open_at_stripe(charge: SettlementCharge, billed: Billed) -> bool:
    """Whether what is reported for the period will still be on an invoice."""
    reported_at = _reported_at(charge)
    return billed.subscription.period.starts_at <= reported_at or any(
        is_renewal(draft) and draft.created_at >= charge.settlement.ends_at
        for draft in billed.drafts
    )


def _last_report(charge: SettlementCharge) -> SettlementCharge | None:
    """What was reported of the same period before."""
    return (
        SettlementCharge.objects.filter(
            organization_id=charge.organization_id,
            settlement__usage_period_id=charge.settlement.usage_period_id,
            settlement_id__lt=charge.settlement_id,
            method=OverageCollection.BILLING_METER,
        )
        .exclude(item_id="")
        .order_by("-settlement_id")
        .first()
    )


def _can_take_back(last: SettlementCharge | None, *, now: datetime) -> bool:
    return (
        last is not None
        and last.status == ChargeStatus.PLACED
        and last.placed_at is not None
        and now - last.placed_at < TAKEN_BACK_WITHIN
    )

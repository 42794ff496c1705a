"""Whether Billing Meters have counted what was reported, before an invoice charges for it."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from ...choices import ChargeStatus, OverageCollection
from ...models import SettlementCharge, StripeCustomer
from ..settling.reporting import counted_at_stripe, reported_quantity
from .books import ON_ITS_WAY
from .findings import Finding, Kind


def differences_of_meters(*, now: datetime) -> Iterator[Finding]:
    """What a meter has counted in a period that is reported and not invoiced, if it differs."""
    customers = dict(StripeCustomer.objects.values_list("organization_id", "stripe_id"))
    for charge in _last_reports(now):
        customer_id = customers[charge.organization_id]
        reported = reported_quantity(charge)
        counted = counted_at_stripe(charge, customer_id=customer_id)
        if counted != reported:
            yield Finding(
                Kind.REPORTED_USAGE_DIFFERS,
                subject=charge.settlement.public_id,
                organization_id=charge.organization_id,
                ours=f"{reported.normalize():f} reported",
                theirs=f"{counted.normalize():f} counted",
            )


def _last_reports(now: datetime) -> QuerySet[SettlementCharge]:
    """The last report of each period; Stripe has had time to count it."""
    reports = SettlementCharge.objects.filter(
        method=OverageCollection.BILLING_METER, status=ChargeStatus.PLACED
    )
    later = reports.filter(
        settlement__usage_period_id=OuterRef("settlement__usage_period_id"),
        settlement_id__gt=OuterRef("settlement_id"),
    )
    return (
        reports.filter(~Exists(later), placed_at__lt=now - ON_ITS_WAY)
        .select_related("settlement")
        .order_by("pk")
    )

"""
How the money of settlements is collected: each by one charge, planned once.

A settlement has at most one charge, so it is collected at most once, however many sweeps run and
whenever one is killed. A charge is planned here, placed by whoever collects, and followed until
its invoice is final. Everything here runs in the caller's transaction, with the organization
locked.
"""

from collections.abc import Collection as Several
from datetime import datetime

from django.db.models import QuerySet

from metering.models import UsagePeriod

from ..choices import ChargeStatus, Collection, OverageCollection
from ..models import Agreement, Settlement, SettlementCharge

# What the words of a charge's line, and the way in which it is collected, depend on.
_LOADED = (
    "organization",
    "settlement__organization",
    "settlement__agreement",
    "settlement__plan_version",
    "settlement__feature__meter",
    "settlement__usage_period",
)


def without_charge() -> QuerySet[Settlement]:
    """Settlements with money that Stripe is to collect and that no charge is planned for."""
    return Settlement.objects.filter(agreement__collection=Collection.STRIPE, charge=None).exclude(
        amount_minor=0
    )


def list_organizations_to_charge() -> list[int]:
    """Return the keys of the organizations that have money to be put on an invoice."""
    unplanned = without_charge().values_list("organization_id", flat=True)
    planned = SettlementCharge.objects.filter(status=ChargeStatus.PLANNED)
    return sorted({*unplanned, *planned.values_list("organization_id", flat=True)})


def plan_charges(*, organization_id: int, now: datetime) -> int:
    """Plan a charge for every settlement that needs one, and return how many there were."""
    due = without_charge().filter(organization_id=organization_id).select_related("plan_version")
    planned = SettlementCharge.objects.bulk_create(
        SettlementCharge(
            organization_id=organization_id,
            settlement=settlement,
            method=settlement.plan_version.overage_collection,
            planned_at=now,
        )
        for settlement in due.order_by("pk")
    )
    return len(planned)


def list_planned_charges(*, agreement: Agreement) -> list[SettlementCharge]:
    """Return the charges of an agreement that are on no invoice yet, the first settled first."""
    return list(
        SettlementCharge.objects.filter(
            organization_id=agreement.organization_id,
            settlement__agreement=agreement,
            status=ChargeStatus.PLANNED,
        )
        .select_related(*_LOADED)
        .order_by("settlement_id")
    )


def list_uninvoiced_settlements(*, agreement: Agreement) -> list[Settlement]:
    """Return the settlements with money that are on no final invoice yet, the first one first."""
    return list(
        Settlement.objects.filter(organization_id=agreement.organization_id, agreement=agreement)
        .exclude(amount_minor=0)
        .exclude(charge__status=ChargeStatus.INVOICED)
        .select_related("organization", "feature__meter", "usage_period")
        .order_by("pk")
    )


def assign_charges(*, charges: Several[SettlementCharge], invoice_id: str) -> None:
    """Say which invoice these charges are to be placed on, unless that is decided already."""
    SettlementCharge.objects.filter(
        pk__in=[charge.pk for charge in charges],
        status=ChargeStatus.PLANNED,
        stripe_invoice_id="",
    ).update(stripe_invoice_id=invoice_id)


def assign_waiting_charges(
    *, agreement: Agreement, invoice_id: str, ended_by: datetime, limit: int
) -> None:
    """
    Place on an invoice the lines of an agreement that wait for one, of periods until then: the
    first settled first, and at most as many as it takes.
    """
    waiting = SettlementCharge.objects.filter(
        organization_id=agreement.organization_id,
        settlement__agreement=agreement,
        settlement__ends_at__lte=ended_by,
        method=OverageCollection.INVOICE_ITEM,
        status=ChargeStatus.PLANNED,
        stripe_invoice_id="",
    )
    first = waiting.order_by("settlement_id").values_list("pk", flat=True)[:limit]
    SettlementCharge.objects.filter(pk__in=list(first)).update(stripe_invoice_id=invoice_id)


def unassign_charge(*, charge: SettlementCharge) -> None:
    """Have another invoice looked for: the one that it was to be placed on refused the line."""
    SettlementCharge.objects.filter(
        pk=charge.pk,
        status=ChargeStatus.PLANNED,
        stripe_invoice_id=charge.stripe_invoice_id,
    ).update(stripe_invoice_id="")


def charge_by_line(*, charge: SettlementCharge) -> None:
    """Collect a planned charge by a finished line, because it can no longer be reported."""
    charge.method = OverageCollection.INVOICE_ITEM
    SettlementCharge.objects.filter(pk=charge.pk, status=ChargeStatus.PLANNED).update(
        method=charge.method
    )


def mark_placed(*, settlement_id: str, item_id: str, invoice_id: str, now: datetime) -> None:
    """Note that the charge of a settlement stands at Stripe. Doing it again changes nothing."""
    SettlementCharge.objects.filter(
        settlement__public_id=settlement_id, status=ChargeStatus.PLANNED
    ).update(
        status=ChargeStatus.PLACED,
        item_id=item_id,
        stripe_invoice_id=invoice_id,
        placed_at=now,
    )


def mark_invoiced(*, charges: Several[SettlementCharge], invoice_id: str, now: datetime) -> None:
    """Note that the invoice that these placed charges are on is final."""
    SettlementCharge.objects.filter(
        pk__in=[charge.pk for charge in charges], status=ChargeStatus.PLACED
    ).update(status=ChargeStatus.INVOICED, stripe_invoice_id=invoice_id, invoiced_at=now)


def is_everything_placed(*, agreement: Agreement, ended_by: datetime, invoice_id: str) -> bool:
    """
    Whether an invoice has all that belongs on it: what ended by then is settled, and no charge
    of it waits for an invoice, or to be placed on this one.
    """
    ended = {"organization_id": agreement.organization_id, "ends_at__lte": ended_by}
    is_settled = not UsagePeriod.objects.filter(
        source=agreement.public_id, closed_at=None, **ended
    ).exists()
    is_planned = not without_charge().filter(agreement=agreement, **ended).exists()
    waiting = SettlementCharge.objects.filter(
        organization_id=agreement.organization_id,
        settlement__agreement=agreement,
        settlement__ends_at__lte=ended_by,
        status=ChargeStatus.PLANNED,
        stripe_invoice_id__in=["", invoice_id],
    )
    return is_settled and is_planned and not waiting.exists()

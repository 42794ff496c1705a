"""What reconciling finds, and what is kept of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from ...models import StripeDifference

_LONGEST = 500


class Kind(StrEnum):
    """
    In which way Stripe and our books do not say the same.

    `settlement_without_charge`: money is due, and nothing is planned to collect it.
    `charge_not_placed`: it is planned, and is on no invoice long after.
    `charge_on_no_invoice`: it is placed, but no invoice of ours has its line.
    `charge_on_void_invoice`: the invoice that it is on will not be paid.
    `charge_on_stale_draft`: the invoice that it is on has been a draft for days.
    `line_differs`: the line of a settlement is not its amount, or there is more than one.
    `invoice_does_not_add_up`: lines, discount and tax do not make the total.
    `invoice_missing_here`, `invoice_missing_there`: only one side has it.
    `invoice_differs`: status, amounts or lines are not the same.
    `subscription_missing_here`, `subscription_missing_there`: only one side has it.
    `subscription_status_differs`, `subscription_period_differs`, `subscription_price_differs`,
    `subscription_quantity_differs`: the agreement says something else.
    `money_credit_not_on_balance`: it was given, and is not on the customer's balance long after.
    `balance_differs`: the balance there is not what its entries here come to.
    `reported_usage_differs`: a Billing Meter has counted something else than was reported.
    """

    SETTLEMENT_WITHOUT_CHARGE = "settlement_without_charge"
    CHARGE_NOT_PLACED = "charge_not_placed"
    CHARGE_ON_NO_INVOICE = "charge_on_no_invoice"
    CHARGE_ON_VOID_INVOICE = "charge_on_void_invoice"
    CHARGE_ON_STALE_DRAFT = "charge_on_stale_draft"
    LINE_DIFFERS = "line_differs"
    INVOICE_DOES_NOT_ADD_UP = "invoice_does_not_add_up"
    INVOICE_MISSING_HERE = "invoice_missing_here"
    INVOICE_MISSING_THERE = "invoice_missing_there"
    INVOICE_DIFFERS = "invoice_differs"
    SUBSCRIPTION_MISSING_HERE = "subscription_missing_here"
    SUBSCRIPTION_MISSING_THERE = "subscription_missing_there"
    SUBSCRIPTION_STATUS_DIFFERS = "subscription_status_differs"
    SUBSCRIPTION_PERIOD_DIFFERS = "subscription_period_differs"
    SUBSCRIPTION_PRICE_DIFFERS = "subscription_price_differs"
    SUBSCRIPTION_QUANTITY_DIFFERS = "subscription_quantity_differs"
    MONEY_CREDIT_NOT_ON_BALANCE = "money_credit_not_on_balance"
    BALANCE_DIFFERS = "balance_differs"
    REPORTED_USAGE_DIFFERS = "reported_usage_differs"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing on which Stripe and our books do not say the same."""

    kind: Kind
    subject: str
    organization_id: int | None
    ours: str
    theirs: str


@transaction.atomic
def record_findings(
    *, findings: Iterable[Finding], kinds: Collection[Kind], now: datetime
) -> list[StripeDifference]:
    """
    Keep what was found by looking for these kinds, and return what is open of them.

    What was found before and is found again is seen once more; what is not found any more is
    gone since now.
    """
    # Runs at the same time write one after the other.
    known = {
        (row.kind, row.subject): row
        for row in StripeDifference.objects.select_for_update().filter(
            kind__in=kinds, resolved_at=None
        )
    }
    found = {(finding.kind.value, finding.subject): finding for finding in findings}
    for name, row in known.items():
        if name not in found:
            row.resolved_at = now
            row.save(update_fields=["resolved_at"])
    for name, finding in found.items():
        _keep(finding, known.get(name), now=now)
    return list(
        StripeDifference.objects.filter(kind__in=kinds, resolved_at=None)
        .select_related("organization")
        .order_by("kind", "subject")
    )


def _keep(finding: Finding, known: StripeDifference | None, *, now: datetime) -> None:
    ours, theirs = finding.ours[:_LONGEST], finding.theirs[:_LONGEST]
    if known is not None:
        known.ours, known.theirs, known.seen_at = ours, theirs, now
        known.save(update_fields=["ours", "theirs", "seen_at"])
        return
    StripeDifference.objects.update_or_create(
        kind=finding.kind,
        subject=finding.subject,
        resolved_at=None,
        defaults={"ours": ours, "theirs": theirs, "seen_at": now},
        create_defaults={
            "organization_id": finding.organization_id,
            "ours": ours,
            "theirs": theirs,
            "found_at": now,
            "seen_at": now,
        },
    )

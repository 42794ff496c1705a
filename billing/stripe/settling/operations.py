"""
Collect what settlements came to: exactly one line for each, whatever happens meanwhile.

What is planned, and on which invoice it goes, is decided under the organization's lock and
committed; the calls come after it, each with a key that follows from what is done. So two sweeps
at once make the same calls, and one that died is continued by the next.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.organizations.clock import time_of
from accounts.organizations.locking import lock_organization
from accounts.organizations.sweeping import sweep

from ...choices import Collection, InvoiceStatus, OverageCollection
from ...invoicing.charges import (
    assign_charges,
    charge_by_line,
    list_organizations_to_charge,
    list_planned_charges,
    plan_charges,
    unassign_charge,
)
from ...models import Agreement, Invoice, SettlementCharge
from ...settlements.operations import settle_due_periods
from ..gateway.configuration import is_connected
from ..gateway.errors import StripeRefused
from ..gateway.reading import list_invoices
from .collectors import collector_of
from .credits import give_back, is_being_given_back
from .destinations import Due, destinations_of
from .drafts import hold_back, is_still_draft, let_go, make_own_invoice
from .reporting import can_report
from .standing import Billed, look_at_stripe

# An agreement begins with its first payment; its invoice may be heard of before.
EARLY_INVOICES_OF: Final = timedelta(days=2)
# An invoice may stop taking lines while they are placed; then another one is looked for.
_ROUNDS: Final = 3


def collect_overage(*, organization_id: int, now: datetime) -> None:
    """
    Bring what an organization's settlements came to onto its invoices, and its drafts forward.

    `now` is the organization's time. Doing it again changes nothing. Raises `StripeUnavailable`,
    and `StripeRefused` for what Stripe will not take, which holds up no other agreement; what was
    done stays done.
    """
    refusals = []
    for agreement in _plan(organization_id, now=now):
        billed = look_at_stripe(agreement=agreement, now=now)
        try:
            if billed is not None:
                _collect(billed, now=now)
        except StripeRefused as refusal:
            refusals.append(refusal)
    if refusals:
        raise refusals[0]


def collect_all_overage(*, now: datetime) -> int:
    """
    Do the same for every organization with money to collect or a draft, and return their number.

    One that fails does not hold up the others: the failures are raised together at the end.
    """
    if not is_connected():
        return 0
    drafts = Invoice.objects.filter(status=InvoiceStatus.DRAFT)
    with_drafts = drafts.values_list("organization_id", flat=True)
    organization_ids = sorted({*list_organizations_to_charge(), *with_drafts})
    visited = sweep(
        organization_ids,
        lambda organization_id: collect_overage(
            organization_id=organization_id,
            now=time_of(organization_id=organization_id, now=now),
        ),
        doing="collecting the overage of",
    )
    return len(visited)


def look_for_invoices(*, now: datetime) -> int:
    """
    Ask Stripe for all drafts, for those of which no event told, and anew for invoices that came
    before the agreement that they are of; return how many there were.

    What follows from drafts is done by the next `collect_all_overage`.
    """
    if not is_connected():
        return 0
    known = Invoice.objects.filter(status=InvoiceStatus.DRAFT).values_list("stripe_id", flat=True)
    early = Invoice.objects.filter(
        agreement=None,
        billing_reason__startswith="subscription",
        issued_at__gt=now - EARLY_INVOICES_OF,
    ).values_list("stripe_id", flat=True)
    drafts = [draft.id for draft in list_invoices(status=InvoiceStatus.DRAFT.value)]
    asked = {*drafts, *known, *early}
    for invoice_id in sorted(asked):
        is_still_draft(invoice_id, now=now)
    return len(asked)


def _plan(organization_id: int, *, now: datetime) -> list[Agreement]:
    """Settle what is due, plan a charge for what needs one, and return whose turn it is."""
    with transaction.atomic(durable=True):
        lock_organization(organization_id=organization_id)
        settle_due_periods(organization_id=organization_id, now=now)
        plan_charges(organization_id=organization_id, now=now)
    agreements = Agreement.objects.filter(
        organization_id=organization_id, collection=Collection.STRIPE
    ).order_by("pk")
    drafts = Invoice.objects.filter(organization_id=organization_id, status=InvoiceStatus.DRAFT)
    with_draft = set(drafts.values_list("agreement_id", flat=True))
    return [
        agreement
        for agreement in agreements
        if agreement.pk in with_draft or list_planned_charges(agreement=agreement)
    ]


def _collect(billed: Billed, *, now: datetime) -> None:
    """Place what is planned, looking for another invoice where one takes no more lines."""
    for draft in billed.drafts:
        hold_back(draft, billed=billed, now=now)
    for _ in range(_ROUNDS):
        placed = [_place(charge, billed, now=now) for charge in _decide(billed, now=now)]
        if placed:
            billed = _look_again(billed, now=now)
        if all(placed):
            break
    for draft in billed.drafts:
        let_go(draft, billed=billed, now=now)


def _look_again(billed: Billed, *, now: datetime) -> Billed:
    seen = look_at_stripe(agreement=billed.agreement, now=now)
    assert seen is not None, billed
    return seen


def _decide(billed: Billed, *, now: datetime) -> list[SettlementCharge]:
    """Decide where each planned charge goes, and return those that can be placed now."""
    found = _assign_to_drafts(billed, now=now)
    for charge in found.credited:
        give_back(charge, now=now)
    if found.on_own_invoice:
        make_own_invoice(billed, waiting=found.on_own_invoice, now=now)
    return [
        charge
        for charge in list_planned_charges(agreement=billed.agreement)
        if charge.stripe_invoice_id or charge.method == OverageCollection.BILLING_METER
    ]


@dataclass(frozen=True, slots=True)
class _WithoutDraft:
    """Charges that no draft takes, by what becomes of them."""

    on_own_invoice: list[SettlementCharge]
    credited: list[SettlementCharge]


@transaction.atomic(durable=True)
def _assign_to_drafts(billed: Billed, *, now: datetime) -> _WithoutDraft:
    lock_organization(organization_id=billed.agreement.organization_id)
    planned = list_planned_charges(agreement=billed.agreement)
    waiting = {charge.pk: charge for charge in planned if not charge.stripe_invoice_id}
    assigned = Counter(charge.stripe_invoice_id for charge in planned)
    begun = {pk for pk, charge in waiting.items() if is_being_given_back(charge)}
    for charge in waiting.values():
        if charge.method == OverageCollection.BILLING_METER and not can_report(
            charge, billed=billed, now=now
        ):
            charge_by_line(charge=charge)
    dues = [_due(charge) for pk, charge in waiting.items() if pk not in begun]
    found = destinations_of(dues, billed.standing(assigned))
    for invoice_id, charge_ids in found.on_drafts.items():
        assign_charges(charges=[waiting[pk] for pk in charge_ids], invoice_id=invoice_id)
    return _WithoutDraft(
        on_own_invoice=_by_line(waiting, found.on_own_invoice),
        credited=_by_line(waiting, [*found.credited, *begun]),
    )


def _by_line(
    waiting: Mapping[int, SettlementCharge], charge_ids: Iterable[int]
) -> list[SettlementCharge]:
    """Those of the charges that are not reported to a meter, which needs no invoice."""
    charges = [waiting[pk] for pk in charge_ids]
    return [charge for charge in charges if charge.method == OverageCollection.INVOICE_ITEM]


def _due(charge: SettlementCharge) -> Due:
    settlement = charge.settlement
    return Due(charge.pk, ends_at=settlement.ends_at, amount_minor=settlement.amount_minor)


def _place(charge: SettlementCharge, billed: Billed, *, now: datetime) -> bool:
    """Place a charge; False if its invoice, or its meter, does not take it any more."""
    try:
        collector_of(charge).place(charge, billed=billed, now=now)
    except StripeRefused:
        if charge.method == OverageCollection.BILLING_METER:
            return False
        if is_still_draft(charge.stripe_invoice_id, now=now):
            raise
        # The call had no effect, and that is known: another invoice may take the line.
        unassign_charge(charge=charge)
        return False
    return True

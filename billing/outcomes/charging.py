"""
What outcomes cost: a confirmed one is one use of its feature, and a reversed one is none.

So what is included, the price, its tiers, caps and invoices are those of the feature in the
customer's plan.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from config.kernel.ids import new_id
from metering.models import UsageEvent
from metering.operations import AlreadyReversed
from metering.usage.reports import Outcome as Answer
from metering.usage.reports import Receipt, UsageReport

from ..choices import OutcomeCharge, OutcomeStatus
from ..models import Outcome
from ..usage.operations import book_usage, take_usage_back


@dataclass(frozen=True, slots=True)
class Charged:
    """The usage event that charges an outcome, or why there is none."""

    event_key: str | None = None
    not_charged: str = ""


def charge_outcomes(*, outcomes: Sequence[Outcome], now: datetime) -> dict[int, Charged]:
    """
    Book one use for each outcome that has a meter; return what became of each, by its key.

    They are of one organization, whose lock the caller holds, with their meters and definitions
    loaded. Each counts when it occurred, like any usage: in the month of that, or in the open one
    once that is settled. What the agreement does not take is not charged, and says why.
    """
    reports = {outcome.pk: _use(outcome) for outcome in outcomes if outcome.meter_id is not None}
    if not reports:
        return {}
    receipts = book_usage(
        organization_id=outcomes[0].organization_id,
        reports=list(reports.values()),
        api_key_id=None,
        received_at=now,
    )
    return {pk: _charged(receipt) for pk, receipt in zip(reports, receipts, strict=True)}


def give_back(*, outcome: Outcome, reason: str, now: datetime) -> None:
    """
    Take back the use that an outcome was charged as; the caller holds the organization's lock.

    In an open period it falls away. For a settled one a correction is settled, which gives back
    what the period would have cost less. An event that was taken back before is left so.
    """
    if outcome.event_key is None:
        return
    try:
        take_usage_back(
            organization_id=outcome.organization_id,
            event_id=outcome.event_key,
            reason=reason,
            now=now,
        )
    except AlreadyReversed:
        return


def map_charges(
    *, organization_id: int, outcomes: Iterable[Outcome]
) -> Mapping[int, OutcomeCharge]:
    """Return how far the charge of each outcome has come, by its key, in one query at most."""
    outcomes = list(outcomes)
    keys = [outcome.event_key for outcome in outcomes if outcome.event_key is not None]
    billed = set()
    if keys:
        billed = set(
            UsageEvent.objects.filter(
                organization_id=organization_id,
                event_id__in=keys,
                period__closed_at__isnull=False,
            ).values_list("event_id", flat=True)
        )
    return {outcome.pk: _charge_of(outcome, billed) for outcome in outcomes}


def _use(outcome: Outcome) -> UsageReport:
    assert outcome.meter is not None, outcome
    return UsageReport(
        # Nobody can report an event of that name beforehand: customers know the outcome's id.
        event_id=new_id("evt"),
        quantity=Decimal(1),
        body_sha256=sha256(outcome.public_id.encode()).digest(),
        meter=outcome.meter.code,
        occurred_at=outcome.occurred_at,
        member=outcome.member,
        properties={"outcome": outcome.definition.code, "reference": outcome.reference},
    )


def _charged(receipt: Receipt) -> Charged:
    if receipt.outcome is Answer.REJECTED:
        return Charged(not_charged=receipt.reason)
    return Charged(event_key=receipt.event_id)


def _charge_of(outcome: Outcome, billed: set[str]) -> OutcomeCharge:
    if outcome.event_key is None:
        is_waiting = outcome.meter_id is not None and outcome.status == OutcomeStatus.PENDING
        return OutcomeCharge.WAITING if is_waiting else OutcomeCharge.NONE
    if outcome.status == OutcomeStatus.REVERSED:
        return OutcomeCharge.GIVEN_BACK
    return OutcomeCharge.BILLED if outcome.event_key in billed else OutcomeCharge.COUNTED

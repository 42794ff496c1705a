"""
What customers pay for a span of time, whenever they are billed for it.

Each amount is earned evenly over the time that it is for: a yearly price over its year, overage
over its month of usage. What is for no span counts when it falls. It is made of

* the lines of issued invoices, less their share of discounts, without tax; nothing of an invoice
  that is void or given up;
* where Stripe does not collect, the agreed price, and the packs that were paid;
* settled usage that no issued invoice has yet, and what the open months have come to so far;
* less the money that was given back as a credit, on the day on which it was given.

Nothing is converted: what is in another currency stays there.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

import msgspec

from config.kernel.money import minor_digits
from config.kernel.periods import Interval, Period, period_at
from config.kernel.quantities import EXACT, ZERO
from config.kernel.sql import fetch

from ..agreements.history import VersionHistory, read_version_histories
from ..agreements.periods import billing_period_at
from ..agreements.seat_history import SeatHistory, read_seat_histories
from ..catalog.queries import get_plan_version_terms
from ..choices import Collection
from ..models import Agreement
from ..rating.charges import base_charge
from ..rating.pricing import OveragePricing
from .windows import REHEARSED, Windows, overlap, ratio


class Source(StrEnum):
    """What revenue is made of."""

    PLAN = "plan"
    OVERAGE = "overage"
    GIVEN_BACK = "given_back"


@dataclass(frozen=True, slots=True)
class Revenue:
    """
    What a customer pays for a span, in major units of one currency, to a billionth of a minor unit:
    for its plan, seats and packs; for overage; and, as a negative number, what was given back.
    """

    slot: int
    organization_id: int
    currency: str
    plan: Decimal
    overage: Decimal
    given_back: Decimal

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.plan + self.overage + self.given_back


@dataclass(frozen=True, slots=True)
class Accrued:
    """An amount in minor units that no table has, and the time that it is for."""

    organization_id: int
    currency: str
    source: Source
    amount: Decimal
    starts_at: datetime
    ends_at: datetime


# A line keeps its share of what the whole invoice comes to without tax, so a discount counts.
_PARTS: Final = """, part AS (
    SELECT invoice.organization_id, invoice.currency,
           CASE WHEN line.settlement_id IS NULL THEN 'plan' ELSE 'overage' END AS source,
           CASE WHEN invoice.subtotal_minor = 0 THEN line.amount_minor
                ELSE line.amount_minor::numeric * (invoice.total_minor - invoice.tax_minor)
                     / invoice.subtotal_minor END AS amount,
           coalesce(settled.starts_at, line.starts_at) AS starts_at,
           coalesce(settled.ends_at, line.ends_at) AS ends_at
    FROM billing_invoice AS invoice
    JOIN billing_invoiceline AS line ON line.invoice_id = invoice.id
    LEFT JOIN billing_settlement AS settled ON settled.id = line.settlement_id
    WHERE invoice.status IN ('open', 'paid')
    UNION ALL
    SELECT settled.organization_id, settled.currency, 'overage', settled.amount_minor,
           settled.starts_at, settled.ends_at
    FROM billing_settlement AS settled
    LEFT JOIN billing_settlementcharge AS charge ON charge.settlement_id = settled.id
    WHERE settled.amount_minor <> 0
      AND (charge.method = 'billing_meter' AND charge.status = 'invoiced') IS NOT TRUE
      AND NOT EXISTS (
          SELECT FROM billing_invoiceline AS line
          JOIN billing_invoice AS invoice ON invoice.id = line.invoice_id
          WHERE line.settlement_id = settled.id AND invoice.status <> 'draft'
      )
    UNION ALL
    SELECT given.organization_id, given.currency, 'given_back',
           given.taken_back_minor - given.amount_minor, given.granted_at, given.granted_at
    FROM billing_moneycredit AS given
    UNION ALL
    SELECT bought.organization_id, bought.currency, 'plan', bought.amount_minor,
           bought.ended_at, bought.ended_at
    FROM billing_topup AS bought
    WHERE bought.status = 'paid' AND NOT EXISTS (
        SELECT FROM billing_stripecustomer AS customer
        WHERE customer.organization_id = bought.organization_id
    )
    UNION ALL
    SELECT organization_id, currency, source, amount, starts_at, ends_at
    FROM json_to_recordset(%(accrued)s::json) AS accrued (
        organization_id bigint, currency text, source text, amount numeric,
        starts_at timestamptz, ends_at timestamptz
    )
)"""

# Shares are divided, so their sum is taken to nine places: thirds then add up to the whole.
_EARNED: Final = """
SELECT span.slot, span.organization_id, part.currency, part.source,
       round(sum(CASE
           WHEN part.ends_at > part.starts_at THEN
               part.amount
               * extract(epoch FROM least(part.ends_at, span.ends_at)
                                    - greatest(part.starts_at, span.starts_at))
               / extract(epoch FROM part.ends_at - part.starts_at)
           ELSE part.amount END), 9)
FROM span
JOIN part
    ON part.organization_id = span.organization_id
   AND part.starts_at < span.ends_at
   AND (part.ends_at > span.starts_at
        OR part.ends_at <= part.starts_at AND part.starts_at >= span.starts_at)
GROUP BY span.slot, span.organization_id, part.currency, part.source
ORDER BY span.slot, span.organization_id, part.currency
"""

_OPEN_PERIODS: Final = """
SELECT period.organization_id, period.meter_id, period.starts_at, period.ends_at,
       period.overage_credits, agreement.plan_version_id, agreement.currency
FROM metering_usageperiod AS period
JOIN billing_agreement AS agreement
    ON agreement.organization_id = period.organization_id AND agreement.public_id = period.source
WHERE period.closed_at IS NULL AND period.allowance IS NOT NULL AND period.starts_at < %(now)s
  AND (agreement.trial_ends_at IS NULL OR period.ends_at > agreement.trial_ends_at)
  AND (%(only)s::bigint IS NULL OR period.organization_id = %(only)s)
"""


def list_revenue(windows: Windows) -> list[Revenue]:
    """
    Return what each customer pays for each span, in each currency. The number of statements does
    not depend on how many customers there are.
    """
    accrued = [*_accrued_overage(windows), *_accrued_prices(windows)]
    sums: dict[tuple[int, int, str], dict[str, Decimal]] = defaultdict(dict)
    for slot, organization_id, currency, source, minor in fetch(
        windows.spans + _PARTS + _EARNED, windows.parameters | {"accrued": _written(accrued)}
    ):
        major = minor.scaleb(-minor_digits(currency), context=EXACT)
        sums[slot, organization_id, currency][source] = major
    return [
        Revenue(
            slot,
            organization_id,
            currency,
            plan=amounts.get(Source.PLAN, ZERO),
            overage=amounts.get(Source.OVERAGE, ZERO),
            given_back=amounts.get(Source.GIVEN_BACK, ZERO),
        )
        for (slot, organization_id, currency), amounts in sums.items()
    ]


def _written(accrued: Iterable[Accrued]) -> str:
    rows: list[dict[str, Any]] = [
        {
            "organization_id": part.organization_id,
            "currency": part.currency,
            "source": part.source,
            "amount": part.amount,
            "starts_at": part.starts_at,
            "ends_at": part.ends_at,
        }
        for part in accrued
    ]
    return msgspec.json.encode(rows).decode()


def _accrued_overage(windows: Windows) -> Iterator[Accrued]:
    """What the open months would be settled at if nothing more was used in them."""
    for organization_id, meter_id, starts_at, ends_at, overage, version_id, currency in fetch(
        _OPEN_PERIODS, {"now": windows.now, "only": windows.only}
    ):
        pricing = _overage_pricing(version_id, meter_id, currency)
        minor = 0 if pricing is None else pricing.charge(overage).minor
        if minor:
            until = min(ends_at, windows.now)
            yield Accrued(
                organization_id, currency, Source.OVERAGE, Decimal(minor), starts_at, until
            )


def _overage_pricing(version_id: int, meter_id: int, currency: str) -> OveragePricing | None:
    metered = get_plan_version_terms(plan_version_id=version_id).metered
    feature = next((terms for terms in metered if terms.meter_id == meter_id), None)
    return None if feature is None else feature.overage.get(currency)


def _accrued_prices(windows: Windows) -> Iterator[Accrued]:
    """The agreed price of each billing period where no invoice of ours says it."""
    reach = windows.reach()
    agreements = Agreement.objects.filter(
        collection=Collection.NOT_CONNECTED,
        organization__clock_ahead=REHEARSED,
        started_at__lt=reach.ends_at,
    ).exclude(ended_at__lte=reach.starts_at)
    if windows.only is not None:
        agreements = agreements.filter(organization_id=windows.only)
    loaded = list(agreements)
    versions, seats = read_version_histories(loaded), read_seat_histories(loaded)
    for agreement in loaded:
        past = _Past(agreement, versions[agreement.pk], seats[agreement.pk])
        yield from _prices_of(past, reach=reach)


@dataclass(frozen=True, slots=True)
class _Past:
    """An agreement, with the plan versions that it was on and the seats that it had."""

    agreement: Agreement
    versions: VersionHistory
    seats: SeatHistory

    def period_at(self, at: datetime) -> Period:
        """The billing period of an instant, by the interval that it was billed by then."""
        agreement = self.agreement
        interval = Interval(self.seats.at(at).interval)
        if at >= agreement.anchor_at or interval == agreement.interval:
            return billing_period_at(agreement, at=at)
        period = period_at(agreement.anchor_at, interval=interval, at=at, reaches_back=True)
        begun = agreement.trial_ends_at or agreement.started_at
        return replace(period, starts_at=max(period.starts_at, begun))

    def pieces_of(self, period: Period) -> Iterator[tuple[Period, int]]:
        """The parts of a billing period, and its price in minor units on the terms of each."""
        moves = {*(move.effective_at for move in self.versions.moves), *self.seats.edges()}
        inside = sorted(at for at in moves if period.starts_at < at < period.ends_at)
        for starts_at, ends_at in pairwise([period.starts_at, *inside, period.ends_at]):
            yield Period(starts_at, ends_at), self._price_minor_at(starts_at)

    def _price_minor_at(self, at: datetime) -> int:
        terms = get_plan_version_terms(plan_version_id=self.versions.at(at))
        had = self.seats.at(at)
        price = terms.base_price(currency=self.agreement.currency, interval=had.interval)
        return 0 if price is None else base_charge(price=price, seats=had.seats).minor


def _prices_of(past: _Past, *, reach: Period) -> Iterator[Accrued]:
    agreement = past.agreement
    starts_at = agreement.trial_ends_at or agreement.started_at
    paid = overlap(reach, since=starts_at, until=agreement.ended_at)
    at = paid.starts_at if paid is not None else reach.ends_at
    while paid is not None and at < paid.ends_at:
        period = past.period_at(at)
        for piece, minor in past.pieces_of(period):
            earned = overlap(piece, since=starts_at, until=agreement.ended_at)
            if earned is not None and minor:
                yield Accrued(
                    agreement.organization_id,
                    agreement.currency,
                    Source.PLAN,
                    minor * ratio(earned, period),
                    earned.starts_at,
                    earned.ends_at,
                )
        at = period.ends_at

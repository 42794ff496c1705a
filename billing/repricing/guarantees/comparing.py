"""
What a month cost, and what it would have cost before: the two sides of a guarantee.

*Now* is what the month really came to: its share of the base price, and the overage that was
settled of it. *Before* are the old terms, replayed on the usage of the months since, with what
had rolled over by the time of the move.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from config.kernel.money import Money
from config.kernel.periods import INSTANT, Period, boundary

from ...agreements.history import version_at
from ...catalog.queries import get_plan_version_terms
from ...choices import SettlementKind
from ...models import CampaignConversion, Guarantee, GuaranteeClaim, Settlement
from ...rating.guarantee import ComparedMonth, Conversion, used_before
from ...rating.replay import MonthUsed, PricedPlan, replay
from ..cohorts import list_months_used, priced_plan


@dataclass(frozen=True, slots=True)
class Comparison:
    """A month on both terms. On the old ones it was asked for `seats`."""

    seats: int
    before: Money
    now: Money


@dataclass(frozen=True, slots=True)
class _Settled:
    key: int
    ends_at: datetime
    settled_at: datetime
    is_correction: bool
    minor: int


class Months:
    """
    The months of a guarantee so far: `claims` were compared, `period` is the one that follows.

    Its usage is settled. The guarantee's offer with its campaign, and its agreement, are loaded.
    """

    def __init__(
        self, guarantee: Guarantee, *, claims: Sequence[GuaranteeClaim], period: Period
    ) -> None:
        self._guarantee = guarantee
        self.claims = claims
        self.period = period

    def compared(self) -> Comparison:
        """Compare the month that follows."""
        version_id = version_at(
            agreement=self._guarantee.agreement, at=self.period.ends_at - INSTANT
        )
        seats = self._old_seats(version_id)
        plan = self._plan(version_id, self._guarantee.interval)
        [bill] = replay(plan, seats=self._guarantee.seats, months=[_unused(self.period)])
        overage = sum(row.minor for row in self._settled if _is_of(row, self.period))
        now = bill.base + Money(overage, self._guarantee.currency)
        return Comparison(seats, self._bills(seats)[self.period.ends_at], now)

    @property
    def newest_settlement(self) -> int:
        """The key of the last settlement that is known by now; 0 without any."""
        return max((row.key for row in self._settled), default=0)

    def as_known_today(self) -> list[ComparedMonth]:
        """
        Return the months that were compared, less what was taken back of their usage since.

        A month is never worth more than it was when it was compared.
        """
        return [self._as_known_today(claim) for claim in self.claims]

    def _as_known_today(self, claim: GuaranteeClaim) -> ComparedMonth:
        currency = self._guarantee.currency
        stored = ComparedMonth(Money(claim.old_minor, currency), Money(claim.new_minor, currency))
        given_back = sum(
            row.minor
            for row in self._settled
            if row.is_correction
            and _is_later(row, claim)
            and _is_of(row, Period(claim.starts_at, claim.ends_at))
        )
        if not given_back:
            return stored
        known = ComparedMonth(
            self._bills(claim.seats)[claim.ends_at], Money(claim.new_minor + given_back, currency)
        )
        return min(stored, known, key=lambda month: month.increase)

    def _old_seats(self, version_id: int) -> int:
        """
        The seats that the old terms are asked for: where every seat is paid for on the plan that
        was moved to, as many more or fewer than before as there are now.
        """
        guarantee = self._guarantee
        terms = get_plan_version_terms(plan_version_id=version_id)
        if version_id != guarantee.new_version_id or terms.included_seats is not None:
            return guarantee.old_seats
        return max(1, guarantee.old_seats + guarantee.seats - guarantee.new_seats)

    def _bills(self, seats: int) -> dict[datetime, Money]:
        """What the months of the guarantee would have cost on the old terms, by their end."""
        old = self._plan(self._guarantee.old_version_id, self._guarantee.old_interval)
        bills = replay(old, seats=seats, months=self._months)
        return {bill.ends_at: bill.total for bill in bills}

    def _plan(self, version_id: int, interval: str) -> PricedPlan:
        terms = get_plan_version_terms(plan_version_id=version_id)
        plan = priced_plan(terms, currency=self._guarantee.currency, interval=interval)
        assert plan is not None, (self._guarantee.public_id, version_id)
        return plan

    @cached_property
    def _months(self) -> list[MonthUsed]:
        """The months before the move, and those of the guarantee in the features of before."""
        guarantee = self._guarantee
        campaign = guarantee.offer.campaign
        found = list_months_used(
            organization_ids=[guarantee.organization_id],
            since=boundary(guarantee.starts_at, months=-campaign.history_months),
            until=self.period.ends_at,
        ).get(guarantee.organization_id, [])
        history = [month for month in found if month.ends_at <= guarantee.starts_at]
        by_end = {month.ends_at: month for month in found}
        periods = [
            *(Period(claim.starts_at, claim.ends_at) for claim in self.claims),
            self.period,
        ]
        since = [by_end.get(period.ends_at, _unused(period)) for period in periods]
        return [*history, *(self._in_old_features(month) for month in since)]

    def _in_old_features(self, month: MonthUsed) -> MonthUsed:
        terms = get_plan_version_terms(plan_version_id=self._guarantee.old_version_id)
        used = used_before(
            month.used,
            conversions=self._conversions,
            counted={feature.code for feature in terms.metered},
        )
        return MonthUsed(month.starts_at, month.ends_at, used)

    @cached_property
    def _conversions(self) -> list[Conversion]:
        rows = CampaignConversion.objects.filter(campaign=self._guarantee.offer.campaign_id)
        return [
            Conversion(source, to=to, factor=factor)
            for source, to, factor in rows.values_list(
                "from_feature__code", "to_feature__code", "factor"
            )
        ]

    @cached_property
    def _settled(self) -> list[_Settled]:
        rows = Settlement.objects.filter(
            organization_id=self._guarantee.organization_id,
            agreement_id=self._guarantee.agreement_id,
            ends_at__gt=self._guarantee.starts_at,
            ends_at__lte=self.period.ends_at,
        )
        return [
            _Settled(key, ends_at, settled_at, kind == SettlementKind.CORRECTION, minor)
            for key, ends_at, settled_at, kind, minor in rows.values_list(
                "pk", "ends_at", "settled_at", "kind", "amount_minor"
            )
        ]


def _is_later(row: _Settled, claim: GuaranteeClaim) -> bool:
    """
    Whether it was settled after a month was compared. Its clock may have been read before that,
    while it waited for the organization's lock, so the order of writing counts.
    """
    if claim.newest_settlement is None:
        return row.settled_at > claim.calculated_at
    return row.key > claim.newest_settlement


def _is_of(row: _Settled, period: Period) -> bool:
    return period.starts_at < row.ends_at <= period.ends_at


def _unused(period: Period) -> MonthUsed:
    return MonthUsed(period.starts_at, period.ends_at, {})

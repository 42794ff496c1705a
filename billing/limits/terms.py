"""The limits of an organization, and what they are measured against, asked for at once."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from config.kernel.money import Money
from config.kernel.quantities import ZERO
from config.kernel.sql import Asked, ask

from ..choices import CapAction, ThresholdUnit

# Overage is only looked at where a limit on money asks for it.
_LIMITS: Final = """
WITH cap AS (
    SELECT amount_minor, currency, action
    FROM billing_spendcap WHERE organization_id = %(organization)s
), threshold AS (
    SELECT feature_id, unit, value, currency
    FROM billing_usagethreshold WHERE organization_id = %(organization)s
), period AS (
    SELECT meter_id, starts_at, ends_at,
           CASE WHEN allowance IS NOT NULL THEN overage_credits END AS overage
    FROM metering_usageperiod
    WHERE organization_id = %(organization)s AND closed_at IS NULL
      AND (EXISTS (SELECT FROM cap) OR EXISTS (SELECT FROM threshold WHERE unit = %(money)s))
), hold AS (
    SELECT meter_id, sum(credits) AS credits, sum(uncovered_credits) AS overage
    FROM metering_hold
    WHERE organization_id = %(organization)s AND outcome IS NULL
    GROUP BY meter_id
)
SELECT json_build_object(
    'cap', (SELECT row_to_json(cap) FROM cap),
    'thresholds', (SELECT coalesce(json_agg(threshold), '[]') FROM threshold),
    'periods', (SELECT coalesce(json_agg(period), '[]') FROM period),
    'holds', (SELECT coalesce(json_agg(hold), '[]') FROM hold)
)::text
"""


class Threshold(msgspec.Struct, frozen=True):
    """A level that somebody asked to be told of. `value` is in minor units where it is money."""

    feature_id: int | None
    unit: ThresholdUnit
    value: Decimal
    currency: str = ""


class Cap(msgspec.Struct, frozen=True):
    """The most to spend on overage in a period, and what happens there."""

    amount_minor: int
    currency: str
    action: CapAction

    @property
    def amount(self) -> Money:
        """The amount as money."""
        return Money(self.amount_minor, self.currency)

    @property
    def stops(self) -> bool:
        """Whether enforced use ends there."""
        return self.action == CapAction.STOP


class PeriodOverage(msgspec.Struct, frozen=True):
    """
    What the grants have not paid for in a usage period that is not closed yet; None where usage
    is unlimited, which costs nothing.
    """

    meter_id: int
    starts_at: datetime
    ends_at: datetime
    overage: Decimal | None


class Held(msgspec.Struct, frozen=True):
    """What open holds will add to a meter's use, and to its overage, when they are settled."""

    meter_id: int
    credits: Decimal
    overage: Decimal


class Limits(msgspec.Struct, frozen=True):
    """
    The limits that an organization has set. Without a limit on money, no overage is known.

    Limits on money in another currency than the agreement's measure nothing.
    """

    cap: Cap | None = None
    thresholds: tuple[Threshold, ...] = ()
    periods: tuple[PeriodOverage, ...] = ()
    holds: tuple[Held, ...] = ()

    def cap_in(self, currency: str) -> Cap | None:
        """The spend cap, if it is in this currency."""
        return self.cap if self.cap is not None and self.cap.currency == currency else None

    def thresholds_of(self, feature_id: int, unit: ThresholdUnit) -> Iterable[Decimal]:
        """The levels set for a feature in one unit."""
        return (
            threshold.value
            for threshold in self.thresholds
            if threshold.feature_id == feature_id and threshold.unit == unit
        )

    def money_thresholds(self, currency: str) -> Iterable[Money]:
        """The levels of overage charges in this currency."""
        return (
            Money(int(threshold.value), currency)
            for threshold in self.thresholds
            if threshold.unit == ThresholdUnit.MONEY and threshold.currency == currency
        )

    def overage_at(self, at: datetime) -> dict[int, Decimal | None]:
        """
        The overage of each meter, by its id, in the period that contains an instant; None where
        usage is unlimited.
        """
        return {
            period.meter_id: period.overage
            for period in self.periods
            if period.starts_at <= at < period.ends_at
        }

    def held_on(self, meter_id: int) -> Held:
        """What open holds have set aside on a meter."""
        holds = (hold for hold in self.holds if hold.meter_id == meter_id)
        return next(holds, Held(meter_id, ZERO, ZERO))

    def expected_overage_at(self, at: datetime) -> dict[int, Decimal | None]:
        """The same once every open hold is settled."""
        expected = self.overage_at(at)
        for hold in self.holds:
            overage = expected.get(hold.meter_id, ZERO)
            if overage is not None:
                expected[hold.meter_id] = overage + hold.overage
        return expected


NO_LIMITS: Final = Limits()
_read_rows: Final = msgspec.json.Decoder(Limits).decode


def ask_for_limits(*, organization_id: int) -> Asked:
    """
    Ask for an organization's limits, for `read_limits` to read.

    May be asked within a round trip of the caller's, under the organization's lock.
    """
    parameters = {"organization": organization_id, "money": ThresholdUnit.MONEY.value}
    return ask(_LIMITS, parameters)


def read_limits(asked: Asked) -> Limits:
    """Return the limits that were asked for."""
    row = asked.first()
    assert row is not None
    return _read_rows(row[0])

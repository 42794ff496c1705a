"""What the customers of a campaign have used, and the terms that they are billed by, as values."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from config.kernel.periods import Interval
from config.kernel.sql import fetch

from ..catalog.terms import VersionTerms
from ..rating.replay import MonthUsed, PricedFeature, PricedPlan

# A month that was cut short, by the end of an agreement or another interval, is none.
_SHORTEST_MONTH_DAYS: Final = 28

_MONTHS: Final = """
WITH taken_back AS (
    SELECT usage_period_id, sum(used_credits) AS used
    FROM billing_settlement
    WHERE organization_id = ANY(%(organizations)s) AND kind = 'correction'
    GROUP BY usage_period_id
), month AS (
    SELECT organization_id, ends_at, min(starts_at) AS starts_at
    FROM metering_usageperiod
    WHERE organization_id = ANY(%(organizations)s) AND ends_at <= %(until)s
      AND ends_at > %(since)s
    GROUP BY organization_id, ends_at
    HAVING min(starts_at) >= %(since)s AND bool_and(closed_at IS NOT NULL)
       AND ends_at - min(starts_at) >= make_interval(days => %(shortest)s)
)
SELECT month.organization_id, month.starts_at, month.ends_at, meter.code,
       period.used_credits + coalesce(taken_back.used, 0)
FROM month
JOIN metering_usageperiod AS period USING (organization_id, ends_at)
JOIN metering_meter AS meter ON meter.id = period.meter_id
LEFT JOIN taken_back ON taken_back.usage_period_id = period.id
ORDER BY month.organization_id, month.ends_at, meter.code
"""


def priced_plan(terms: VersionTerms, *, currency: str, interval: str) -> PricedPlan | None:
    """
    Return what the bills of a plan version follow from, for `replay`.

    None if it has no base price in the currency and interval.
    """
    base = terms.base_price(currency=currency, interval=interval)
    if base is None:
        return None
    return PricedPlan(
        base=base,
        interval=Interval(interval),
        features=tuple(
            PricedFeature(
                code=feature.code,
                allowance=feature.allowance,
                pricing=feature.overage.get(currency),
                rollover=feature.rollover,
            )
            for feature in terms.metered
        ),
    )


def list_months_used(
    *, organization_ids: Sequence[int], since: datetime, until: datetime
) -> Mapping[int, list[MonthUsed]]:
    """
    Return the complete usage months of organizations that lie between two instants, oldest first.

    Complete is a month that is closed; months that an agreement cut short are left out. What was
    taken back since is not in it. An organization without any is not named. One statement,
    however many organizations there are.
    """
    rows = fetch(
        _MONTHS,
        {
            "organizations": list(organization_ids),
            "since": since,
            "until": until,
            "shortest": _SHORTEST_MONTH_DAYS,
        },
    )
    return {
        organization_id: _months_of(list(of_one))
        for organization_id, of_one in groupby(rows, key=itemgetter(0))
    }


def _months_of(rows: Sequence[tuple[Any, ...]]) -> list[MonthUsed]:
    return [
        MonthUsed(starts_at, ends_at, {code: used for *_month, code, used in of_month})
        for (starts_at, ends_at), of_month in groupby(rows, key=itemgetter(1, 2))
    ]

"""Which automatic top-ups may order now, asked for as one statement."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Final

import msgspec

from config.kernel.money import Money
from config.kernel.sql import Asked, ask

from ..choices import AgreementStatus, TopUpStatus, TopUpTrigger
from .automatic import Refill
from .offers import PackOffer

# What cannot order is left out: a payment is overdue, its pack is not sold in the agreement's
# currency, or an order of it waits for its payment. `counted_from` is the newest period with an
# order, `ordered_minor` what the orders of that period come to.
_READY: Final = """
SELECT coalesce(json_agg(row), '[]')::text FROM (
    SELECT meter.id AS meter_id, feature.code AS feature, pack.id AS pack_id, pack.feature_id,
           pack.code, pack.name, pack.credits, pack.expires_after_months,
           price.amount_minor AS price_minor, price.currency,
           automatic.threshold, automatic.target, automatic.limit_minor,
           newest.period_starts_at AS counted_from,
           coalesce(newest.ordered_minor, 0) AS ordered_minor
    FROM billing_automatictopup AS automatic
    JOIN billing_feature AS feature ON feature.id = automatic.feature_id
    JOIN metering_meter AS meter ON meter.code = feature.meter_id
    JOIN billing_creditpack AS pack ON pack.id = automatic.pack_id AND pack.is_on_sale
    JOIN billing_packprice AS price
        ON price.pack_id = pack.id AND price.currency = automatic.currency
    JOIN billing_agreement AS agreement
        ON agreement.organization_id = automatic.organization_id
        AND agreement.status = %(active)s AND agreement.currency = automatic.currency
    LEFT JOIN LATERAL (
        SELECT period_starts_at,
               sum(amount_minor) FILTER (WHERE status = ANY(%(counted)s)) AS ordered_minor
        FROM billing_topup AS ordered
        WHERE ordered.organization_id = automatic.organization_id
            AND ordered.feature_id = automatic.feature_id AND ordered.trigger = %(automatic)s
        GROUP BY period_starts_at ORDER BY period_starts_at DESC LIMIT 1
    ) AS newest ON true
    WHERE automatic.organization_id = %(organization)s AND NOT EXISTS (
        SELECT FROM billing_topup AS waiting
        WHERE waiting.organization_id = automatic.organization_id
            AND waiting.feature_id = automatic.feature_id
            AND waiting.trigger = %(automatic)s AND waiting.status = %(pending)s
    )
) AS row
"""


class ReadyRow(msgspec.Struct, frozen=True):
    """An automatic top-up that may order, as `_READY` finds it."""

    meter_id: int
    feature: str
    pack_id: int
    feature_id: int
    code: str
    name: str
    credits: Decimal
    expires_after_months: int | None
    price_minor: int
    currency: str
    threshold: Decimal
    target: Decimal
    limit_minor: int
    counted_from: datetime | None
    ordered_minor: int

    @property
    def pack(self) -> PackOffer:
        """The pack that it orders."""
        return PackOffer(
            pack_id=self.pack_id,
            feature_id=self.feature_id,
            code=self.code,
            name=self.name,
            feature=self.feature,
            credits=self.credits,
            expires_after_months=self.expires_after_months,
            price=Money(self.price_minor, self.currency),
        )

    @property
    def refill(self) -> Refill:
        """When and how far it fills the balance up."""
        return Refill(
            threshold=self.threshold,
            target=self.target,
            pack_credits=self.credits,
            price_minor=self.price_minor,
            limit_minor=self.limit_minor,
        )


_read_rows: Final = msgspec.json.Decoder(list[ReadyRow]).decode


@dataclass
class AutomaticTopUps:
    """The automatic top-ups of an organization that may order now."""

    asked: Asked

    @cached_property
    def by_meter(self) -> dict[int, ReadyRow]:
        """What fills up the balance on each meter."""
        row = self.asked.first()
        assert row is not None
        return {ready.meter_id: ready for ready in _read_rows(row[0])}


def ask_for_automatic_top_ups(*, organization_id: int) -> AutomaticTopUps:
    """
    Ask for the automatic top-ups that may order now, under the organization's lock.

    May be asked within a round trip of the caller's.
    """
    parameters = {
        "organization": organization_id,
        "active": AgreementStatus.ACTIVE,
        "counted": [TopUpStatus.PENDING, TopUpStatus.PAID],
        "automatic": TopUpTrigger.AUTOMATIC,
        "pending": TopUpStatus.PENDING,
    }
    return AutomaticTopUps(ask(_READY, parameters))

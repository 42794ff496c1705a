"""What an agreement grants on each meter, handed down to metering."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from config.kernel.sql import Asked, ask
from metering.choices import MeterSource
from metering.credits.grace import GRACE
from metering.usage.reports import MeterTerms

from ..catalog.queries import get_plan_version_terms
from ..catalog.terms import FeatureTerms, VersionTerms
from ..choices import LIVE_STATUSES, AgreementStatus
from ..models import Agreement

# One live agreement at most; without it, the last that has ended while its grace lasts.
_AGREEMENT: Final = """
SELECT agreement.public_id, agreement.anchor_at, agreement.plan_version_id, agreement.currency,
       agreement.status, agreement.ended_at,
       EXISTS (SELECT FROM billing_usagethreshold AS threshold
               WHERE threshold.organization_id = agreement.organization_id)
       OR EXISTS (SELECT FROM billing_spendcap AS cap
                  WHERE cap.organization_id = agreement.organization_id) AS has_limits,
       EXISTS (SELECT FROM billing_automatictopup AS automatic
               WHERE automatic.organization_id = agreement.organization_id) AS tops_up
FROM billing_agreement AS agreement
JOIN accounts_organization AS organization ON organization.id = agreement.organization_id
WHERE agreement.organization_id = %s AND organization.closed_at IS NULL
  AND (agreement.status = ANY(%s) OR agreement.ended_at > %s)
ORDER BY agreement.ended_at DESC NULLS FIRST
LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class AgreedTerms:
    """
    The agreement under which usage is booked. `ends_at` is None while it is live.

    `has_limits` and `tops_up` say whether the organization has set limits or automatic top-ups
    of its own; most have not, and need not be asked for them.
    """

    source: str
    anchor_at: datetime
    plan_version_id: int
    currency: str
    is_past_due: bool
    ends_at: datetime | None
    has_limits: bool
    tops_up: bool

    @property
    def version(self) -> VersionTerms:
        """The terms of its plan version, read once by each process."""
        return get_plan_version_terms(plan_version_id=self.plan_version_id)

    @property
    def meters(self) -> list[MeterTerms]:
        """What it grants on each meter."""
        return terms_of_meters(
            self.version, source=self.source, anchor_at=self.anchor_at, ends_at=self.ends_at
        )


def ask_for_agreement(*, organization_id: int, received_at: datetime) -> Asked:
    """
    Ask for an organization's agreement, for `agreed_terms` to read.

    It is the live one, or the one that ended so shortly ago that usage from before its end is
    still taken.
    """
    return ask(_AGREEMENT, [organization_id, list(LIVE_STATUSES), received_at - GRACE])


def agreed_terms(asked: Asked) -> AgreedTerms | None:
    """Return the agreement that was asked for. A closed organization has none."""
    row = asked.first()
    if row is None:
        return None
    public_id, anchor_at, plan_version_id, currency, status, ended_at, has_limits, tops_up = row
    return AgreedTerms(
        source=public_id,
        anchor_at=anchor_at,
        plan_version_id=plan_version_id,
        currency=currency,
        is_past_due=status == AgreementStatus.PAST_DUE,
        ends_at=ended_at,
        has_limits=has_limits,
        tops_up=tops_up,
    )


def list_meter_terms(*, agreement: Agreement) -> list[MeterTerms]:
    """Return what an agreement grants on each meter."""
    return terms_of_meters(
        get_plan_version_terms(plan_version_id=agreement.plan_version_id),
        source=agreement.public_id,
        anchor_at=agreement.anchor_at,
        ends_at=agreement.ended_at,
    )


def terms_of_meters(
    version: VersionTerms, *, source: str, anchor_at: datetime, ends_at: datetime | None
) -> list[MeterTerms]:
    """Return what a plan version grants on each meter to the agreement `source`."""
    return [
        _terms_of_meter(feature, feature.meter_id, source, anchor_at, ends_at)
        for feature in version.metered
        if feature.meter_id is not None
    ]


def _terms_of_meter(
    feature: FeatureTerms,
    meter_id: int,
    source: str,
    anchor_at: datetime,
    ends_at: datetime | None,
) -> MeterTerms:
    return MeterTerms(
        meter_id=meter_id,
        meter=feature.code,
        starts_at=anchor_at,
        allowance=feature.allowance,
        source=source,
        ends_at=ends_at,
        aggregation=feature.aggregation,
        unique_property=feature.unique_property,
        is_our_count=feature.source == MeterSource.MEMBERSHIPS,
    )

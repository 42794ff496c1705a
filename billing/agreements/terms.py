"""What an agreement grants on each meter, handed down to metering."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from config.kernel.periods import Period
from config.kernel.sql import Asked, ask
from metering.choices import MeterSource
from metering.credits.grace import GRACE
from metering.usage.reports import MeterTerms

from ..catalog.queries import get_plan_version_terms
from ..catalog.terms import VersionTerms
from ..choices import AgreementStatus
from ..models import Agreement
from .due import COMES_TO_A_TURN, turns_at
from .periods import usage_month_at

# One live agreement at most; without it, the last that has ended while its grace lasts.
_LIVE_OR_JUST_ENDED: Final = """
SELECT agreement.public_id, agreement.plan_version_id, agreement.currency, agreement.status,
       agreement.started_at, agreement.anchor_at, agreement.ended_at,
       agreement.ended_at IS NULL AND {turn} AS comes_to_a_turn,
       EXISTS (SELECT FROM billing_usagethreshold AS threshold
               WHERE threshold.organization_id = agreement.organization_id)
       OR EXISTS (SELECT FROM billing_spendcap AS cap
                  WHERE cap.organization_id = agreement.organization_id) AS has_limits,
       EXISTS (SELECT FROM billing_automatictopup AS automatic
               WHERE automatic.organization_id = agreement.organization_id) AS tops_up
FROM billing_agreement AS agreement
JOIN accounts_organization AS organization ON organization.id = agreement.organization_id
WHERE agreement.organization_id = %(organization)s AND organization.closed_at IS NULL
  AND (agreement.status = ANY(%(live)s) OR agreement.ended_at > %(ended_after)s)
ORDER BY agreement.ended_at DESC NULLS FIRST
LIMIT 1
"""
_AGREEMENT: Final = _LIVE_OR_JUST_ENDED.format(turn=COMES_TO_A_TURN)


@dataclass(frozen=True, slots=True)
class AgreedTerms:
    """
    The agreement under which usage is booked. `ends_at` is None while it is live.

    `comes_to_a_turn` says that it was to change or to end by now, and nobody has seen to that.
    `has_limits` and `tops_up` say whether the organization has set limits or automatic top-ups
    of its own; most have not, and need not be asked for them.
    """

    source: str
    plan_version_id: int
    currency: str
    status: str
    started_at: datetime
    anchor_at: datetime
    ends_at: datetime | None
    comes_to_a_turn: bool
    has_limits: bool
    tops_up: bool

    @property
    def is_past_due(self) -> bool:
        """Whether a payment is overdue."""
        return self.status == AgreementStatus.PAST_DUE

    @property
    def version(self) -> VersionTerms:
        """The terms in force, read once by each process."""
        return terms_when(status=self.status, plan_version_id=self.plan_version_id)

    @property
    def meters(self) -> list[MeterTerms]:
        """What it grants on each meter."""
        return terms_of_meters(
            self.version,
            source=self.source,
            started_at=self.started_at,
            anchor_at=self.anchor_at,
            ends_at=self.ends_at,
        )

    def month_at(self, at: datetime) -> Period:
        """The month of usage that contains an instant."""
        return usage_month_at(started_at=self.started_at, anchor_at=self.anchor_at, at=at)


def ask_for_agreement(*, organization_id: int, received_at: datetime) -> Asked:
    """
    Ask for an organization's agreement, for `agreed_terms` to read.

    It is the live one, or the one that ended so shortly ago that usage from before its end is
    still taken.
    """
    parameters = {
        "organization": organization_id,
        "ended_after": received_at - GRACE,
        **turns_at(received_at),
    }
    return ask(_AGREEMENT, parameters)


def agreed_terms(asked: Asked) -> AgreedTerms | None:
    """Return the agreement that was asked for. A closed organization has none."""
    row = asked.first()
    return None if row is None else AgreedTerms(*row)


def terms_in_force(*, agreement: Agreement) -> VersionTerms:
    """Return the terms of an agreement's plan version as they are now: on trial, or in full."""
    return terms_when(status=agreement.status, plan_version_id=agreement.plan_version_id)


def list_meter_terms(*, agreement: Agreement) -> list[MeterTerms]:
    """Return what an agreement grants on each meter."""
    return terms_of_meters(
        get_plan_version_terms(plan_version_id=agreement.plan_version_id),
        source=agreement.public_id,
        started_at=agreement.started_at,
        anchor_at=agreement.anchor_at,
        ends_at=agreement.ended_at,
    )


def terms_of_meters(
    version: VersionTerms,
    *,
    source: str,
    started_at: datetime,
    anchor_at: datetime,
    ends_at: datetime | None,
) -> list[MeterTerms]:
    """Return what a plan version grants on each meter to the agreement `source`."""
    return [
        MeterTerms(
            meter_id=feature.meter_id,
            meter=feature.code,
            starts_at=started_at,
            anchor_at=anchor_at,
            allowance=feature.allowance,
            source=source,
            ends_at=ends_at,
            aggregation=feature.aggregation,
            unique_property=feature.unique_property,
            is_our_count=feature.source == MeterSource.MEMBERSHIPS,
        )
        for feature in version.metered
        if feature.meter_id is not None
    ]


def terms_when(*, status: str, plan_version_id: int) -> VersionTerms:
    """Return the terms of a plan version for an agreement of this status."""
    if status == AgreementStatus.TRIALING:
        return _terms_on_trial(plan_version_id)
    return get_plan_version_terms(plan_version_id=plan_version_id)


@lru_cache(maxsize=1_024)
def _terms_on_trial(plan_version_id: int) -> VersionTerms:
    return get_plan_version_terms(plan_version_id=plan_version_id).on_trial

"""The terms under which a usage period is settled: those that held when it ended."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from config.kernel.sql import Row, ask
from metering.credits.grace import GRACE
from metering.credits.rollover import RolloverPolicy
from metering.operations import DuePeriod
from metering.usage.reports import MeterTerms

from ..agreements.history import Move, VersionHistory
from ..agreements.terms import terms_of_meters
from ..catalog.queries import get_plan_version_terms
from ..catalog.terms import FeatureTerms

_CONTRACTS: Final = """
SELECT agreement.id, agreement.public_id, agreement.started_at, agreement.anchor_at,
       agreement.trial_ends_at, agreement.ended_at, agreement.currency,
       coalesce(
           (SELECT change.from_version_id FROM billing_planchange AS change
            WHERE change.organization_id = agreement.organization_id
              AND change.agreement_id = agreement.id
            ORDER BY change.effective_at LIMIT 1),
           agreement.plan_version_id
       ),
       (SELECT coalesce(json_agg(move ORDER BY move.effective_at), '[]')::text
        FROM (
            SELECT change.effective_at, change.to_version_id AS version_id
            FROM billing_planchange AS change
            WHERE change.organization_id = agreement.organization_id
              AND change.agreement_id = agreement.id
        ) AS move),
       (SELECT coalesce(json_agg(moved ORDER BY moved.until), '[]')::text
        FROM (
            SELECT change.effective_at AS until, change.previous_anchor_at AS anchor_at
            FROM billing_scheduledchange AS change
            WHERE change.organization_id = agreement.organization_id
              AND change.agreement_id = agreement.id AND change.previous_anchor_at IS NOT NULL
        ) AS moved)
FROM billing_agreement AS agreement
WHERE agreement.organization_id = %s AND agreement.public_id = ANY(%s)
"""


class PastAnchor(msgspec.Struct, frozen=True):
    """What the months of an agreement were counted from until it moved to another interval."""

    until: datetime
    anchor_at: datetime


_read_moves: Final = msgspec.json.Decoder(tuple[Move, ...]).decode
_read_past_anchors: Final = msgspec.json.Decoder(tuple[PastAnchor, ...]).decode


@dataclass(frozen=True, slots=True)
class SettledTerms:
    """
    The plan version that a period is settled by, and what it says about the meter.

    `was_agreed` is false where no plan of the period counted on the meter. Of what was tried
    nothing `is_charged` either.
    """

    version_id: int
    feature: FeatureTerms
    rollover: RolloverPolicy | None
    was_agreed: bool
    is_charged: bool


@dataclass(frozen=True, slots=True)
class Contract:
    """What settling needs to know of an agreement, and the plan versions that it was on."""

    agreement_id: int
    source: str
    started_at: datetime
    anchor_at: datetime
    trial_ends_at: datetime | None
    ended_at: datetime | None
    currency: str
    history: VersionHistory
    past_anchors: tuple[PastAnchor, ...] = ()

    def terms_in(self, period: DuePeriod) -> SettledTerms:
        """
        The terms of the newest plan version before the period's end that counts on its meter.

        A plan that was left behind for one without the meter still settles what was used of it,
        but nothing rolls over any more; nor does anything out of a trial, or once the agreement
        has ended. The months between it and a plan that has the meter again were not agreed.
        """
        versions = list(self.history.before(period.ends_at))
        for version_id in versions:
            feature = _feature_on(period.meter_id, version_id=version_id)
            if feature is not None:
                was_agreed, was_on_trial = self._was_agreed(period), self._was_on_trial(period)
                goes_on = version_id == versions[0] and self._goes_on_after(period)
                return SettledTerms(
                    version_id,
                    feature,
                    rollover=feature.rollover if goes_on and not was_on_trial else None,
                    was_agreed=was_agreed,
                    is_charged=was_agreed and not was_on_trial,
                )
        raise LookupError(f"no plan of {self.source} counts on the meter of {period}")

    def anchor_after(self, period: DuePeriod) -> datetime:
        """What the months that follow a period are counted from, whenever it is closed."""
        later = (past.anchor_at for past in self.past_anchors if past.until > period.ends_at)
        return next(later, self.anchor_at)

    def meter_terms_in(self, period: DuePeriod) -> MeterTerms:
        """The same as metering is told."""
        terms = terms_of_meters(
            get_plan_version_terms(plan_version_id=self.terms_in(period).version_id),
            source=self.source,
            started_at=self.started_at,
            anchor_at=self.anchor_at,
            ends_at=self.ended_at,
        )
        return next(item for item in terms if item.meter_id == period.meter_id)

    def _was_agreed(self, period: DuePeriod) -> bool:
        """Whether a plan that was in force during the period counted on its meter."""
        return any(
            _feature_on(period.meter_id, version_id=version_id) is not None
            for version_id in self.history.during(period.starts_at, period.ends_at)
        )

    def _was_on_trial(self, period: DuePeriod) -> bool:
        return self.trial_ends_at is not None and period.ends_at <= self.trial_ends_at

    def _goes_on_after(self, period: DuePeriod) -> bool:
        """
        Whether there was anything to roll over into when the period was due, however late it is
        closed: an agreement that had not ended, on a plan that counts on the meter.
        """
        if self.ended_at is not None and self.ended_at < period.ends_at + GRACE:
            return False
        next_version = self.history.at(period.ends_at)
        return _feature_on(period.meter_id, version_id=next_version) is not None


def _feature_on(meter_id: int, *, version_id: int) -> FeatureTerms | None:
    """What a plan version says about a meter; None if it does not count on it."""
    metered = get_plan_version_terms(plan_version_id=version_id).metered
    return next((feature for feature in metered if feature.meter_id == meter_id), None)


def list_contracts(*, organization_id: int, sources: Collection[str]) -> dict[str, Contract]:
    """Return the contracts that usage periods name as their source, by that name. One query."""
    rows = ask(_CONTRACTS, [organization_id, list(sources)]).all()
    return {contract.source: contract for contract in map(_contract, rows)}


def _contract(row: Row) -> Contract:
    *facts, first_version_id, moves, past_anchors = row
    agreement_id, source, started_at, anchor_at, trial_ends_at, ended_at, currency = facts
    return Contract(
        agreement_id=agreement_id,
        source=source,
        started_at=started_at,
        anchor_at=anchor_at,
        trial_ends_at=trial_ends_at,
        ended_at=ended_at,
        currency=currency,
        history=VersionHistory(first_version_id, _read_moves(moves)),
        past_anchors=_read_past_anchors(past_anchors),
    )

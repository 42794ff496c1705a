"""The terms under which a usage period is settled: those that held when it ended."""

from collections.abc import Collection
from dataclasses import dataclass

from metering.credits.grace import GRACE
from metering.credits.rollover import RolloverPolicy
from metering.operations import DuePeriod
from metering.usage.reports import MeterTerms

from ..agreements.history import VersionHistory, list_histories
from ..agreements.terms import terms_of_meters
from ..catalog.queries import get_plan_version_terms
from ..catalog.terms import FeatureTerms
from ..models import Agreement


@dataclass(frozen=True, slots=True)
class SettledTerms:
    """The plan version that a period is settled by, and what it says about the meter."""

    version_id: int
    feature: FeatureTerms
    rollover: RolloverPolicy | None


@dataclass(frozen=True, slots=True)
class Contract:
    """An agreement with the plan versions that it was on."""

    agreement: Agreement
    history: VersionHistory

    def terms_in(self, period: DuePeriod) -> SettledTerms:
        """
        The terms of the newest plan version before the period's end that counts on its meter.

        A plan that was left behind for one without the meter still settles what was used of it,
        but nothing rolls over any more; nor does anything once the agreement has ended.
        """
        versions = list(self.history.before(period.ends_at))
        for version_id in versions:
            for feature in get_plan_version_terms(plan_version_id=version_id).metered:
                if feature.meter_id == period.meter_id:
                    goes_on = version_id == versions[0] and not self._has_ended_by_closing(period)
                    return SettledTerms(
                        version_id, feature, rollover=feature.rollover if goes_on else None
                    )
        raise LookupError(f"no plan of {self.agreement.public_id} counts on the meter of {period}")

    def meter_terms_in(self, period: DuePeriod) -> MeterTerms:
        """The same as metering is told."""
        terms = terms_of_meters(
            get_plan_version_terms(plan_version_id=self.terms_in(period).version_id),
            source=self.agreement.public_id,
            anchor_at=self.agreement.anchor_at,
            ends_at=self.agreement.ended_at,
        )
        return next(item for item in terms if item.meter_id == period.meter_id)

    def _has_ended_by_closing(self, period: DuePeriod) -> bool:
        """Whether the agreement was over when the period was due, however late it is closed."""
        ended_at = self.agreement.ended_at
        return ended_at is not None and ended_at < period.ends_at + GRACE


def list_contracts(*, organization_id: int, sources: Collection[str]) -> dict[str, Contract]:
    """Return the contracts that usage periods name as their source. Two queries."""
    agreements = list(
        Agreement.objects.filter(organization_id=organization_id, public_id__in=sources)
    )
    histories = list_histories(agreements=agreements)
    return {
        agreement.public_id: Contract(agreement, histories[agreement.pk])
        for agreement in agreements
    }

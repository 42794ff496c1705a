"""What is left of the metered features, for those who ask for all values at once."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from config.kernel.quantities import ZERO
from metering.queries import EMPTY, Balance, list_totals

from ..catalog.terms import FeatureTerms
from .catalog import KnownFeature
from .flags import catalog_of, is_known
from .standing import Standing


@dataclass(frozen=True, slots=True)
class Allowance:
    """
    What a metered feature comes to in the current period. `included` and `remaining` are None
    where usage is unlimited, `limit` where there is none, `resets_at` before the first period.
    """

    feature: str
    included: Decimal | None
    used: Decimal
    remaining: Decimal | None
    limit: Decimal | None
    resets_at: datetime | None
    is_in_plan: bool


def list_allowances(standing: Standing, *, at: datetime) -> list[Allowance]:
    """
    Return the metered features of the plan and of the plans on sale, in order.

    Asks the books once, and not at all where nothing is counted.
    """
    counted = [
        feature
        for feature in catalog_of(standing).features
        if not feature.is_flag and is_known(feature, standing, at=at)
    ]
    if not counted:
        return []
    balances = list_totals(organization_id=standing.organization_id, at=at)
    return [_allowance(feature, _terms(feature, standing), balances) for feature in counted]


def find_allowance(standing: Standing, *, feature: str, at: datetime) -> Allowance | None:
    """Return one of them; None for what is not counted, or not known."""
    known = catalog_of(standing).by_code.get(feature)
    if known is None or known.is_flag or not is_known(known, standing, at=at):
        return None
    balances = list_totals(organization_id=standing.organization_id, at=at)
    return _allowance(known, _terms(known, standing), balances)


def _terms(feature: KnownFeature, standing: Standing) -> FeatureTerms | None:
    return standing.terms.feature(feature.code) if standing.terms is not None else None


def _allowance(
    feature: KnownFeature, terms: FeatureTerms | None, balances: dict[int, Balance]
) -> Allowance:
    if terms is None or terms.meter_id is None:
        return Allowance(feature.code, ZERO, ZERO, ZERO, None, None, is_in_plan=False)
    balance = balances.get(terms.meter_id, EMPTY)
    is_unlimited = balance.is_unlimited(agreed=terms.is_unlimited)
    return Allowance(
        feature=feature.code,
        included=None if is_unlimited else terms.allowance,
        used=balance.used,
        remaining=None if is_unlimited else balance.remaining,
        limit=terms.limit,
        resets_at=balance.period.ends_at if balance.period is not None else None,
        is_in_plan=True,
    )

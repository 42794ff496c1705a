"""Where an organization stands on each metered feature: the numbers of every page and answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.models import Organization
from config.kernel.money import Money
from metering.expiry_words import expiry_sentence
from metering.queries import EMPTY, Balance, GrantBalance, list_balances

from ..agreements.terms import terms_in_force
from ..catalog.overage_words import overage_words
from ..catalog.queries import FeatureLabel, list_feature_labels
from ..catalog.terms import FeatureTerms
from ..models import Agreement
from ..rating.pricing import OveragePricing


@dataclass(frozen=True, slots=True)
class FeatureBalance:
    """
    A metered feature under the live agreement, in its current period.

    Usage is `unlimited` if the plan says so, and until the end of a period in which it once did.
    `allowance` is what the plan includes per month (None: unlimited), `granted` the size of
    all credits that can be spent now and `remaining` what they still hold, `held` what open
    holds have set aside, `used` what the period has taken and `overage` the part of it that
    nothing covered. Quantities are in the feature's unit.

    `overage_pricing` is the price of overage, `overage_sentence` says it and `overage_amount`
    is what it comes to so far; None and empty where there is none to pay for. `adds_up` says
    whether each report adds to the period.
    """

    feature: str
    name: str
    unit: str
    unit_plural: str
    meter_id: int
    unlimited: bool
    allowance: Decimal | None
    limit: Decimal | None
    granted: Decimal
    remaining: Decimal
    held: Decimal
    used: Decimal
    overage: Decimal
    overage_pricing: OveragePricing | None
    overage_sentence: str
    overage_amount: Money | None
    period_starts_at: datetime | None
    resets_at: datetime | None
    rollover_sentence: str
    grants: tuple[GrantBalance, ...]
    adds_up: bool

    @property
    def overage_unit_price(self) -> Decimal | None:
        """What each unit of overage costs, if that is all there is to its price; else None."""
        return None if self.overage_pricing is None else self.overage_pricing.only_price


def list_feature_balances(*, organization: Organization, now: datetime) -> list[FeatureBalance]:
    """Return the balance of each metered feature of the plan, in its order; [] without one."""
    agreement = Agreement.objects.owned_by(organization).live().first()
    return [] if agreement is None else list_balances_under(agreement=agreement, now=now)


def list_balances_under(
    *, agreement: Agreement, now: datetime, labels: Mapping[str, FeatureLabel] | None = None
) -> list[FeatureBalance]:
    """
    Return the same for an agreement in force that was read, and for the labels of its features,
    if they were read as well.
    """
    metered = terms_in_force(agreement=agreement).metered
    if labels is None:
        labels = list_feature_labels(codes=[terms.code for terms in metered])
    balances = list_balances(organization_id=agreement.organization_id, at=now)
    found = [
        _feature_balance(
            terms,
            meter_id=terms.meter_id,
            label=labels[terms.code],
            balance=balances.get(terms.meter_id, EMPTY),
            currency=agreement.currency,
        )
        for terms in metered
        if terms.meter_id is not None
    ]
    return sorted(found, key=lambda item: (labels[item.feature].position, item.feature))


def find_feature_balance(
    *, organization: Organization, feature: str, now: datetime
) -> FeatureBalance | None:
    """Return the balance of one metered feature; None if the plan does not have it."""
    balances = list_feature_balances(organization=organization, now=now)
    return next((balance for balance in balances if balance.feature == feature), None)


def _feature_balance(
    terms: FeatureTerms,
    *,
    meter_id: int,
    label: FeatureLabel,
    balance: Balance,
    currency: str,
) -> FeatureBalance:
    period = balance.period
    is_unlimited = balance.is_unlimited(agreed=terms.is_unlimited)
    pricing = None if is_unlimited else terms.overage.get(currency)
    return FeatureBalance(
        feature=terms.code,
        name=label.name,
        unit=label.unit,
        unit_plural=label.unit_plural,
        meter_id=meter_id,
        unlimited=is_unlimited,
        allowance=None if is_unlimited else terms.allowance,
        limit=terms.limit,
        granted=balance.granted,
        remaining=balance.remaining,
        held=balance.held,
        used=balance.used,
        overage=balance.charged_overage,
        overage_pricing=pricing,
        overage_sentence=_overage_sentence(pricing, label),
        overage_amount=None if pricing is None else pricing.charge(balance.charged_overage),
        period_starts_at=None if period is None else period.starts_at,
        resets_at=None if period is None else period.ends_at,
        rollover_sentence=(
            "" if is_unlimited else expiry_sentence(terms.rollover, unit_plural=label.unit_plural)
        ),
        grants=balance.grants,
        adds_up=label.adds_up,
    )


def _overage_sentence(pricing: OveragePricing | None, label: FeatureLabel) -> str:
    if pricing is None:
        return ""
    return overage_words(pricing, unit=label.unit, unit_plural=label.unit_plural)

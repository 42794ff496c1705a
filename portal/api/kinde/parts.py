"""What an agreement is made of, as Kinde's *entitlements*: its prices and its features."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from accounts.models import Organization
from billing.agreements.queries import agreed_price
from billing.agreements.terms import terms_in_force
from billing.catalog.queries import get_plan_version_terms
from billing.catalog.terms import FeatureTerms, VersionTerms
from billing.entitlements.queries import Entitlement, list_entitlements
from billing.models import Agreement
from billing.rating.pricing import Model
from config.kernel.money import minor_digits

from ..fields import optional_decimal_text
from .entitlement_results import KindeEntitlement
from .names import BASE_PRICE, SEAT_PRICE, entitlement_id_of


def codes_of(agreement: Agreement) -> list[str]:
    """Return the codes of what an agreement is made of, also of one that has ended."""
    price = agreed_price(agreement)
    terms = get_plan_version_terms(plan_version_id=agreement.plan_version_id)
    codes = [BASE_PRICE] if price.fixed is not None else []
    codes += [SEAT_PRICE] if price.per_seat is not None else []
    return codes + [feature.code for feature in terms.features if _is_granted(feature)]


def entitlements_of(
    organization: Organization, agreement: Agreement | None, *, now: datetime
) -> list[KindeEntitlement]:
    """
    Return what an organization is entitled to: the prices of its plan, then the features that
    the plan, a default or an override grants, in the order of the catalog.
    """
    terms = None if agreement is None else terms_in_force(agreement=agreement)
    prices = [] if agreement is None else list(_prices(agreement))
    currency = organization.currency if agreement is None else agreement.currency
    return prices + [
        _feature(organization, found, terms=terms, currency=currency)
        for found in list_entitlements(organization=organization, now=now)
        if _is_entitled(found, terms)
    ]


def _is_granted(feature: FeatureTerms) -> bool:
    return feature.is_metered or feature.value is not False


def _is_entitled(found: Entitlement, terms: VersionTerms | None) -> bool:
    """A meter that is used up is an entitlement still; a flag that is off is none."""
    in_plan = terms.feature(found.feature) if terms is not None else None
    return found.allowed or (in_plan is not None and in_plan.is_metered)


def _prices(agreement: Agreement) -> Iterator[KindeEntitlement]:
    price, plan = agreed_price(agreement), agreement.plan_version.plan
    if price.fixed is not None:
        yield KindeEntitlement(
            id=entitlement_id_of(agreement.organization, feature_code=BASE_PRICE),
            fixed_charge=price.fixed.minor,
            price_name=plan.name,
            feature_code=BASE_PRICE,
            feature_name=plan.name,
            currency=agreement.currency,
        )
    if price.per_seat is not None:
        yield KindeEntitlement(
            id=entitlement_id_of(agreement.organization, feature_code=SEAT_PRICE),
            price_name=plan.name,
            unit_amount=price.per_seat.minor,
            unit_amount_decimal=str(price.per_seat.minor),
            feature_code=SEAT_PRICE,
            feature_name="Seats",
            entitlement_limit_max=agreement.seats,
            currency=agreement.currency,
        )


def _feature(
    organization: Organization, found: Entitlement, *, terms: VersionTerms | None, currency: str
) -> KindeEntitlement:
    in_plan = terms.feature(found.feature) if terms is not None else None
    cents = None if in_plan is None else _cents(in_plan, currency=currency)
    return KindeEntitlement(
        id=entitlement_id_of(organization, feature_code=found.feature),
        price_name=found.name,
        unit_amount=None if cents is None or cents % 1 else int(cents),
        unit_amount_decimal=optional_decimal_text(cents),
        feature_code=found.feature,
        feature_name=found.name,
        entitlement_limit_max=None if in_plan is None else _maximum(in_plan, currency=currency),
        currency=currency,
        allowance=optional_decimal_text(found.allowance),
        usage=optional_decimal_text(found.used),
        remaining=optional_decimal_text(found.remaining),
        resets_at=found.resets_at,
    )


def _cents(feature: FeatureTerms, *, currency: str) -> Decimal | None:
    """What one more costs, in minor units; None where it depends on how many there are."""
    price = feature.overage.get(currency)
    if price is None or price.model is not Model.PER_UNIT or price.unit_price is None:
        return None
    return price.unit_price.scaleb(minor_digits(currency))


def _maximum(feature: FeatureTerms, *, currency: str) -> int | None:
    """How much may be used in a month, whole units; None if there is no end to it."""
    if feature.limit is not None:
        return int(feature.limit)
    if feature.allowance is None or currency in feature.overage:
        return None
    return int(feature.allowance)

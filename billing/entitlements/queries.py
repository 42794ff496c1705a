"""
Entitlements and flags of an organization.

The number of queries never depends on the number of features, plans or grants.
"""

from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from accounts.memberships.queries import count_members
from accounts.models import Organization
from config.kernel.errors import NotFound
from metering.queries import EMPTY, Balance, list_balances
from metering.usage.reports import Bounds

from ..agreements.queries import find_live_agreement
from ..agreements.terms import terms_in_force
from ..catalog.offers import PlanOffer
from ..catalog.queries import (
    FeatureLabel,
    list_codes_on_sale,
    list_feature_labels,
    list_offers,
)
from ..catalog.terms import FeatureTerms, VersionTerms
from ..choices import AgreementStatus, FeatureKind, ValueType
from ..limits.bounds import bounds_of
from ..limits.terms import Limits, ask_for_limits, read_limits
from ..models import Agreement, Feature
from .evaluation import (
    BEYOND_PLANS,
    Reason,
    Use,
    use_of_default,
    use_of_flag,
    use_of_meter,
    would_help,
)


class FeatureNotFound(NotFound):
    """There is no such feature."""

    code = "feature_not_found"
    title = "No such feature"


class FlagNotFound(NotFound):
    """There is no such flag."""

    code = "flag_not_found"
    title = "No such flag"


class FlagSource(StrEnum):
    """Where the value of a flag comes from."""

    DEFAULT = "default"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class UpgradePlan:
    """A plan that would allow what the present one does not."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Entitlement:
    """
    Whether an organization may use a feature now, and why not.

    A flag has a `value`. A metered feature has quantities of its unit; `allowance` and
    `remaining` are None where usage is `unlimited`, `limit` where there is none. While a plan is
    tried nothing beyond the allowance may be used; `trial_ends_at` says how long.
    """

    feature: str
    name: str
    kind: str
    allowed: bool
    value: Any
    limit: Decimal | None
    allowance: Decimal | None
    used: Decimal | None
    remaining: Decimal | None
    overage: Decimal | None
    unlimited: bool
    resets_at: datetime | None
    reason: Reason
    upgrade_plan: UpgradePlan | None
    trial_ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """The value of a flag for an organization. `type` is one of `ValueType`."""

    key: str
    type: str
    value: Any
    source: FlagSource


def list_entitlements(*, organization: Organization, now: datetime) -> list[Entitlement]:
    """
    Return the organization's features, those that everybody has by default, and those that the
    plans on sale would add, in order.

    What only legacy or private plans have is named to their customers alone.
    """
    situation = _situation(organization, now=now)
    known = {feature.code for feature in situation.features} | {
        feature.code for offer in situation.offers for feature in offer.features
    }
    return [
        situation.entitlement(label)
        for label in list_feature_labels().values()
        if label.code in known or label.default_value is not None
    ]


def get_entitlement(*, organization: Organization, feature: str, now: datetime) -> Entitlement:
    """
    Return whether the organization may use a feature now.

    Raises `FeatureNotFound` for a feature that `list_entitlements` does not name.
    """
    for entitlement in list_entitlements(organization=organization, now=now):
        if entitlement.feature == feature:
            return entitlement
    raise FeatureNotFound(f"There is no feature “{feature}”.")


def list_flags(*, organization: Organization, now: datetime) -> list[Flag]:
    """
    Return the values of the flags that `list_entitlements` names: the plan's where it names the
    flag, else the default.
    """
    terms = _terms_of(find_live_agreement(organization=organization))
    known = list_codes_on_sale(at=now)
    if terms is not None:
        known |= {feature.code for feature in terms.features}
    flags = Feature.objects.filter(kind=FeatureKind.UNMETERED).order_by("position", "code")
    return [
        _flag(flag, terms) for flag in flags if flag.code in known or flag.default_value is not None
    ]


def get_flag(*, organization: Organization, key: str, now: datetime) -> Flag:
    """Return the value of one flag. Raises `FlagNotFound` for one that `list_flags` omits."""
    for flag in list_flags(organization=organization, now=now):
        if flag.key == key:
            return flag
    raise FlagNotFound(f"There is no flag “{key}”.")


@dataclass(frozen=True, slots=True)
class _Situation:
    """Everything that the entitlements of one organization depend on, read once."""

    terms: VersionTerms | None
    offers: list[PlanOffer]
    balances: dict[int, Balance]
    limits: Limits
    bounds: dict[int, Bounds]
    is_past_due: bool
    trial_ends_at: datetime | None
    currency: str
    seats: int
    members: int

    @property
    def features(self) -> tuple[FeatureTerms, ...]:
        return self.terms.features if self.terms is not None else ()

    def entitlement(self, label: FeatureLabel) -> Entitlement:
        terms = self.terms.feature(label.code) if self.terms is not None else None
        use = self._use(label, terms)
        return Entitlement(
            feature=label.code,
            name=label.name,
            kind=label.kind,
            allowed=use.allowed,
            value=deepcopy(use.value),
            limit=terms.limit if terms is not None else None,
            allowance=terms.allowance if terms is not None and not use.unlimited else None,
            used=use.used,
            remaining=use.remaining,
            overage=use.overage,
            unlimited=use.unlimited,
            resets_at=use.resets_at,
            reason=use.reason,
            upgrade_plan=self._upgrade(label.code, terms)
            if not use.allowed and use.reason not in BEYOND_PLANS
            else None,
            trial_ends_at=self.trial_ends_at if terms is not None else None,
        )

    def _use(self, label: FeatureLabel, terms: FeatureTerms | None) -> Use:
        if terms is None:
            return use_of_default(label.default_value, has_agreement=self.terms is not None)
        if terms.meter_id is None:
            return use_of_flag(terms, is_past_due=self.is_past_due)
        return use_of_meter(
            terms,
            self.balances.get(terms.meter_id, EMPTY),
            bounds=self.bounds[terms.meter_id],
            held=self.limits.held_on(terms.meter_id),
        )

    def _upgrade(self, code: str, terms: FeatureTerms | None) -> UpgradePlan | None:
        """
        The cheapest plan on sale that has a seat for every member and would allow the feature,
        the earlier one on a tie.
        """
        present = self.terms.version_id if self.terms is not None else None
        prices = [
            (price, offer)
            for offer in self.offers
            if offer.version_id != present
            and (offer.included_seats is None or offer.included_seats >= self.members)
            and (feature := offer.feature(code)) is not None
            and would_help(
                feature,
                instead_of=terms,
                currency=self.currency,
                sells_overage=self.trial_ends_at is None,
            )
            and (price := offer.monthly_minor(currency=self.currency, seats=self.seats)) is not None
        ]
        if not prices:
            return None
        cheapest = min(prices, key=lambda item: item[0])[1]
        return UpgradePlan(code=cheapest.code, name=cheapest.name)


def _situation(organization: Organization, *, now: datetime) -> _Situation:
    agreement = find_live_agreement(organization=organization)
    members = count_members(organization=organization)
    terms = _terms_of(agreement)
    limits = read_limits(ask_for_limits(organization_id=organization.pk))
    currency = agreement.currency if agreement is not None else organization.currency
    is_past_due = agreement is not None and agreement.status == AgreementStatus.PAST_DUE
    is_on_trial = agreement is not None and agreement.status == AgreementStatus.TRIALING
    return _Situation(
        terms=terms,
        offers=list_offers(at=now),
        balances=list_balances(organization_id=organization.pk, at=now),
        limits=limits,
        bounds={}
        if terms is None
        else bounds_of(
            terms=terms, currency=currency, is_past_due=is_past_due, limits=limits, at=now
        ),
        is_past_due=is_past_due,
        trial_ends_at=agreement.trial_ends_at if agreement is not None and is_on_trial else None,
        currency=currency,
        seats=agreement.seats if agreement is not None else max(1, members),
        members=members,
    )


def _terms_of(agreement: Agreement | None) -> VersionTerms | None:
    if agreement is None:
        return None
    return terms_in_force(agreement=agreement)


def _flag(feature: Feature, terms: VersionTerms | None) -> Flag:
    in_plan = terms.feature(feature.code) if terms is not None else None
    if in_plan is not None:
        return Flag(feature.code, feature.value_type, deepcopy(in_plan.value), FlagSource.PLAN)
    value = feature.default_value
    if value is None and feature.value_type == ValueType.BOOLEAN:
        value = False
    return Flag(feature.code, feature.value_type, value, FlagSource.DEFAULT)

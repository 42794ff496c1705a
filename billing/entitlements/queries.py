"""
Entitlements and flags of an organization.

The number of queries never depends on the number of features, plans or grants.
"""

from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from accounts.models import Organization
from config.kernel.errors import NotFound
from metering.queries import EMPTY, Balance, list_totals
from metering.usage.reports import Bounds

from ..catalog.terms import FeatureTerms
from ..choices import FeatureKind
from ..limits.bounds import bounds_of
from ..limits.terms import NO_LIMITS, Limits, ask_for_limits, read_limits
from .catalog import KnownFeature, PlanOnSale
from .evaluation import (
    BEYOND_PLANS,
    Reason,
    Use,
    use_of_default,
    use_of_flag,
    use_of_meter,
    use_of_override,
    would_help,
)
from .flags import Flag, FlagNotFound, FlagSource, catalog_of, flag_of, flags_of, is_known
from .standing import Standing, count_people, read_standing

__all__ = [
    "Entitlement",
    "FeatureNotFound",
    "Flag",
    "FlagNotFound",
    "FlagSource",
    "UpgradePlan",
    "entitlement_of",
    "entitlements_of",
    "get_entitlement",
    "get_flag",
    "list_entitlements",
    "list_flags",
]


class FeatureNotFound(NotFound):
    """There is no such feature."""

    code = "feature_not_found"
    title = "No such feature"


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


def list_entitlements(
    *,
    organization: Organization,
    now: datetime,
    member: str | None = None,
    kind: FeatureKind | None = None,
    people: int | None = None,
) -> list[Entitlement]:
    """
    Return the organization's features, those that everybody has by default, those that were
    overridden, and those that the plans on sale would add, in order.

    What only legacy or private plans have is named to their customers alone. With `member`, what
    was overridden for one of its people counts as well; with `kind`, only such are read. `people`
    is how many belong to it, where that was read.
    """
    standing = read_standing(organization_id=organization.pk, now=now, member=member)
    return entitlements_of(standing, now=now, kind=kind, people=people)


def get_entitlement(
    *, organization: Organization, feature: str, now: datetime, member: str | None = None
) -> Entitlement:
    """
    Return whether the organization, or one of its people, may use a feature now.

    Raises `FeatureNotFound` for a feature that `list_entitlements` does not name.
    """
    standing = read_standing(organization_id=organization.pk, now=now, member=member)
    return entitlement_of(standing, feature=feature, now=now)


def entitlements_of(
    standing: Standing,
    *,
    now: datetime,
    kind: FeatureKind | None = None,
    people: int | None = None,
) -> list[Entitlement]:
    """The same as `list_entitlements`, for a standing that was read."""
    situation = _Situation(standing, now, people)
    return [
        situation.entitlement(feature)
        for feature in catalog_of(standing).features
        if kind in (None, feature.kind) and is_known(feature, standing, at=now)
    ]


def entitlement_of(standing: Standing, *, feature: str, now: datetime) -> Entitlement:
    """The same as `get_entitlement`, for a standing that was read. A flag asks nothing more."""
    known = catalog_of(standing).by_code.get(feature)
    if known is None or not is_known(known, standing, at=now):
        raise FeatureNotFound(f"There is no feature “{feature}”.")
    return _Situation(standing, now).entitlement(known)


def list_flags(
    *, organization: Organization, now: datetime, member: str | None = None
) -> list[Flag]:
    """
    Return the values of the flags that `list_entitlements` names, for the organization or for one
    of its people: what was overridden for the person, else for the organization, else the plan's
    where it names the flag, else the default.
    """
    standing = read_standing(organization_id=organization.pk, now=now, member=member)
    return flags_of(standing, at=now)


def get_flag(
    *, organization: Organization, key: str, now: datetime, member: str | None = None
) -> Flag:
    """Return the value of one flag. Raises `FlagNotFound` for one that `list_flags` omits."""
    standing = read_standing(organization_id=organization.pk, now=now, member=member)
    return flag_of(standing, key=key, at=now)


@dataclass(frozen=True)
class _Situation:
    """What the entitlements of one organization depend on; the books are read if they matter."""

    standing: Standing
    now: datetime
    people: int | None = None

    def entitlement(self, feature: KnownFeature) -> Entitlement:
        terms = self._terms(feature)
        use = self._use(feature, terms)
        return Entitlement(
            feature=feature.code,
            name=feature.name,
            kind=feature.kind,
            allowed=use.allowed,
            # What the process keeps is shared.
            value=deepcopy(use.value),
            limit=terms.limit if terms is not None else None,
            allowance=terms.allowance if terms is not None and not use.unlimited else None,
            used=use.used,
            remaining=use.remaining,
            overage=use.overage,
            unlimited=use.unlimited,
            resets_at=use.resets_at,
            reason=use.reason,
            upgrade_plan=self._upgrade(feature.code, terms)
            if not use.allowed and use.reason not in BEYOND_PLANS
            else None,
            trial_ends_at=self.standing.trial_ends_at
            if self.standing.is_on_trial and terms is not None
            else None,
        )

    def _terms(self, feature: KnownFeature) -> FeatureTerms | None:
        in_force = self.standing.terms
        return in_force.feature(feature.code) if in_force is not None else None

    def _use(self, feature: KnownFeature, terms: FeatureTerms | None) -> Use:
        override = self.standing.overrides.get(feature.feature_id)
        if override is not None:
            return use_of_override(override.value)
        if terms is None:
            has_agreement = self.standing.terms is not None
            return use_of_default(feature.default_value, has_agreement=has_agreement)
        if terms.meter_id is None:
            return use_of_flag(terms, is_past_due=self.standing.is_past_due)
        limits, balances = self._books
        return use_of_meter(
            terms,
            balances.get(terms.meter_id, EMPTY),
            bounds=self._bounds[terms.meter_id],
            held=limits.held_on(terms.meter_id),
        )

    @cached_property
    def _books(self) -> tuple[Limits, dict[int, Balance]]:
        organization_id = self.standing.organization_id
        balances = list_totals(organization_id=organization_id, at=self.now)
        if not self.standing.has_bounds:
            return NO_LIMITS, balances
        return read_limits(ask_for_limits(organization_id=organization_id)), balances

    @cached_property
    def _bounds(self) -> dict[int, Bounds]:
        in_force = self.standing.terms
        assert in_force is not None
        return bounds_of(
            terms=in_force,
            currency=self.standing.currency,
            is_past_due=self.standing.is_past_due,
            limits=self._books[0],
            at=self.now,
        )

    @cached_property
    def _members(self) -> int:
        if self.people is not None:
            return self.people
        return count_people(organization_id=self.standing.organization_id)

    def _upgrade(self, code: str, terms: FeatureTerms | None) -> UpgradePlan | None:
        """
        The cheapest plan on sale that has a seat for every member and would allow the feature,
        the earlier one on a tie.
        """
        seats = self.standing.seats if self.standing.seats is not None else max(1, self._members)
        in_force = self.standing.terms
        plan_id = None if in_force is None else in_force.plan_id
        prices = [
            (price, plan)
            for plan in catalog_of(self.standing).open_to(plan_id, at=self.now)
            if self._would_help(plan, code, instead_of=terms)
            and (price := plan.terms.monthly_minor(currency=self.standing.currency, seats=seats))
            is not None
        ]
        if not prices:
            return None
        cheapest = min(prices, key=lambda item: item[0])[1]
        return UpgradePlan(code=cheapest.code, name=cheapest.name)

    def _would_help(self, plan: PlanOnSale, code: str, *, instead_of: FeatureTerms | None) -> bool:
        offered, seats = plan.terms.feature(code), plan.terms.included_seats
        return (
            offered is not None
            and plan.terms.version_id != self.standing.plan_version_id
            and (seats is None or seats >= self._members)
            and would_help(
                offered,
                instead_of=instead_of,
                currency=self.standing.currency,
                sells_overage=not self.standing.is_on_trial,
            )
        )

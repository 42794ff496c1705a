"""
What entitlements need of the catalog, kept by the process for as long as it is true.

Every write to the catalog changes its revision, which each evaluation reads anew: what was read
under a revision holds until there is another. Plan versions are immutable once they are published.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from ..catalog.queries import list_versions_sold
from ..catalog.terms import VersionTerms, terms_of
from ..choices import FeatureKind, ValueType
from ..models import Feature, Plan


@dataclass(frozen=True, slots=True)
class KnownFeature:
    """A feature as staff defined it."""

    feature_id: int
    code: str
    name: str
    kind: str
    value_type: str
    default_value: Any

    @property
    def is_flag(self) -> bool:
        """Whether it has a value, and is not counted."""
        return self.kind == FeatureKind.UNMETERED

    @property
    def fallback(self) -> Any:
        """Its value without a plan that names it: the default, and off for a boolean without."""
        if self.default_value is None and self.value_type == ValueType.BOOLEAN:
            return False
        return self.default_value


@dataclass(frozen=True, slots=True)
class PlanOnSale:
    """
    A plan that organizations can choose, and since when its version is the one they get. Of a group
    that is for new customers only, those who have a plan of another group cannot.
    """

    code: str
    name: str
    group_id: int
    for_new_customers_only: bool
    published_at: datetime
    terms: VersionTerms


class Catalog:
    """Features in their order, and the plans on sale in theirs."""

    def __init__(
        self,
        *,
        features: tuple[KnownFeature, ...],
        sold: tuple[PlanOnSale, ...],
        plan_codes: Mapping[int, str],
        plan_groups: Mapping[int, int],
    ) -> None:
        self.features = features
        self.by_code = {feature.code: feature for feature in features}
        self.plan_codes = plan_codes
        self.plan_groups = plan_groups
        self._sold = sold
        self._newest = _newest(sold)
        self._complete_from = max((plan.published_at for plan in sold), default=None)

    def on_sale_at(self, at: datetime) -> tuple[PlanOnSale, ...]:
        """The plans on sale at a moment, in order."""
        if self._is_complete(at):
            return self._newest
        return _newest(plan for plan in self._sold if plan.published_at <= at)

    def open_to(self, plan_id: int | None, *, at: datetime) -> tuple[PlanOnSale, ...]:
        """Those that a customer on a plan can choose; everybody else all of them."""
        group_id = None if plan_id is None else self.plan_groups.get(plan_id)
        return tuple(
            plan
            for plan in self.on_sale_at(at)
            if group_id in (None, plan.group_id) or not plan.for_new_customers_only
        )

    def codes_on_sale_at(self, at: datetime) -> frozenset[str]:
        """The codes of the features that those plans name."""
        return self._codes if self._is_complete(at) else _codes(self.on_sale_at(at))

    def _is_complete(self, at: datetime) -> bool:
        return self._complete_from is None or at >= self._complete_from

    @cached_property
    def _codes(self) -> frozenset[str]:
        return _codes(self._newest)


class CatalogMemory:
    """The catalog that this process read last."""

    def __init__(self) -> None:
        self._kept: tuple[UUID, Catalog] | None = None

    def get(self, *, revision: UUID | None) -> Catalog:
        """Return the catalog of a revision that was just read. None: nothing was ever sold."""
        kept = self._kept
        if kept is not None and kept[0] == revision:
            return kept[1]
        catalog = _read()
        if revision is not None:
            self._kept = (revision, catalog)
        return catalog


def _read() -> Catalog:
    plans = list(Plan.objects.values_list("pk", "code", "group_id"))
    return Catalog(
        features=tuple(
            KnownFeature(*row)
            for row in Feature.objects.order_by("position", "code").values_list(
                "pk", "code", "name", "kind", "value_type", "default_value"
            )
        ),
        sold=tuple(
            PlanOnSale(
                code=version.plan.code,
                name=version.plan.name,
                group_id=version.plan.group_id,
                for_new_customers_only=version.plan.group.for_new_customers_only,
                published_at=version.published_at,
                terms=terms_of(version),
            )
            for version in sorted(
                list_versions_sold(), key=lambda version: (version.plan.position, version.plan.code)
            )
            if version.published_at is not None
        ),
        plan_codes={plan_id: code for plan_id, code, _group in plans},
        plan_groups={plan_id: group_id for plan_id, _code, group_id in plans},
    )


def _newest(sold: Iterable[PlanOnSale]) -> tuple[PlanOnSale, ...]:
    """The last version of each plan; versions of a plan are in order."""
    return tuple({plan.code: plan for plan in sold}.values())


def _codes(plans: Iterable[PlanOnSale]) -> frozenset[str]:
    return frozenset(feature.code for plan in plans for feature in plan.terms.features)

"""
The value of a flag: its default, unless the plan says otherwise, unless it was overridden for the
organization, unless it was overridden for the person.

Takes where an organization stands as `billing.entitlements.standing` reads it; asks nothing more.
"""

from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from config.kernel.errors import NotFound

from ..catalog.terms import VersionTerms
from .catalog import Catalog, CatalogMemory, KnownFeature
from .standing import Override, Standing

catalogs: Final = CatalogMemory()


class FlagNotFound(NotFound):
    """There is no such flag."""

    code = "flag_not_found"
    title = "No such flag"


class FlagSource(StrEnum):
    """Where the value of a flag comes from; the later ones win."""

    DEFAULT = "default"
    PLAN = "plan"
    ORGANIZATION = "organization"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Flag:
    """
    The value of a flag for an organization or one of its people. `type` is one of `ValueType`.
    """

    key: str
    type: str
    value: Any
    source: FlagSource


def catalog_of(standing: Standing) -> Catalog:
    """Return the catalog that was in force when the standing was read."""
    return catalogs.get(revision=standing.catalog_revision)


def flags_of(standing: Standing, *, at: datetime) -> list[Flag]:
    """Return the flags of the plan, of the plans on sale, and with a default or an override."""
    catalog, terms, overrides = catalog_of(standing), standing.terms, standing.overrides
    return [
        _flag(feature, terms, overrides.get(feature.feature_id))
        for feature in catalog.features
        if feature.is_flag and is_known(feature, standing, at=at)
    ]


def flag_of(standing: Standing, *, key: str, at: datetime) -> Flag:
    """Return one flag. Raises `FlagNotFound` for one that `flags_of` omits."""
    feature = catalog_of(standing).by_code.get(key)
    if feature is None or not feature.is_flag or not is_known(feature, standing, at=at):
        raise FlagNotFound(f"There is no flag “{key}”.")
    return _flag(feature, standing.terms, standing.overrides.get(feature.feature_id))


def is_known(feature: KnownFeature, standing: Standing, *, at: datetime) -> bool:
    """
    Whether the organization is told of a feature. What only legacy or private plans have is named
    to their customers alone.
    """
    terms = standing.terms
    return (
        feature.default_value is not None
        or (terms is not None and terms.feature(feature.code) is not None)
        or feature.code in catalog_of(standing).codes_on_sale_at(at)
        or feature.feature_id in standing.overrides
    )


def _flag(feature: KnownFeature, terms: VersionTerms | None, override: Override | None) -> Flag:
    value, source = _value_of(feature, terms, override)
    # What the process keeps is shared.
    return Flag(feature.code, feature.value_type, deepcopy(value), source)


def _value_of(
    feature: KnownFeature, terms: VersionTerms | None, override: Override | None
) -> tuple[Any, FlagSource]:
    if override is not None:
        source = FlagSource.USER if override.is_of_member else FlagSource.ORGANIZATION
        return override.value, source
    in_plan = terms.feature(feature.code) if terms is not None else None
    if in_plan is not None:
        return in_plan.value, FlagSource.PLAN
    return feature.fallback, FlagSource.DEFAULT

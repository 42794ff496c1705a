"""
Override flags, and take overrides away.

Each operation takes the organization's lock first. Whether somebody may do it is checked by the
interface. The next evaluation sees it.
"""

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from config.kernel.errors import DomainError, Invalid, NotFound

from ..choices import FeatureKind
from ..entitlements.flags import FlagNotFound
from ..models import Feature, FlagOverride
from ..wording import quantity_words
from .member import check_member
from .values import check_value, is_same

MOST_OVERRIDES: Final = 10_000
_NOTHING: Final = None


class NotAFlag(Invalid):
    """What is counted has no value: its plan, its credits and its limits decide."""

    code = "feature_is_metered"
    title = "The feature is counted"


class OverrideNotFound(NotFound):
    """The flag is not overridden there."""

    code = "override_not_found"
    title = "No such override"


class TooManyOverrides(DomainError):
    """An organization has a bounded number of overrides."""

    code = "too_many_overrides"
    title = "There are too many overrides"


@transaction.atomic(durable=True)
def set_override(
    *,
    organization: Organization,
    key: str,
    member: str | None,
    value: Any,
    actor: Actor,
    reason: str = "",
    now: datetime,
) -> FlagOverride:
    """
    Give a flag a value for an organization or, with `member`, for one of its people.

    What the plan says does not count from now on, until the override is removed. The same value
    again changes nothing and is not written down.

    Raises `FlagNotFound`, `NotAFlag`, `UnfitValue`, `InvalidMember` and `TooManyOverrides`.
    """
    lock_organization(organization_id=organization.pk)
    feature, name = _flag(key), check_member(member)
    check_value(value, value_type=feature.value_type)
    override = _find(organization, feature, name)
    if override is not None and is_same(override.value, value):
        return override
    before = _NOTHING if override is None else override.value
    override = override or _new(organization, feature, name)
    override.value = value
    override.save()
    record(
        actor=actor,
        action="flag_override.set",
        target=key,
        organization=organization,
        changes={"value": [before, value], "member": [_NOTHING, name or None]},
        reason=reason,
        now=now,
    )
    return override


@transaction.atomic(durable=True)
def remove_override(
    *,
    organization: Organization,
    key: str,
    member: str | None,
    actor: Actor,
    reason: str = "",
    now: datetime,
) -> None:
    """
    Let a flag have the value again that it has without this override.

    Raises `FlagNotFound`, `NotAFlag`, `InvalidMember` and `OverrideNotFound`.
    """
    lock_organization(organization_id=organization.pk)
    feature, name = _flag(key), check_member(member)
    override = _find(organization, feature, name)
    if override is None:
        raise OverrideNotFound(f"“{key}” is not overridden there.")
    override.delete()
    record(
        actor=actor,
        action="flag_override.removed",
        target=key,
        organization=organization,
        changes={"value": [override.value, _NOTHING], "member": [name or None, _NOTHING]},
        reason=reason,
        now=now,
    )


def _flag(key: str) -> Feature:
    feature = Feature.objects.filter(code=key).first()
    if feature is None:
        raise FlagNotFound(f"There is no flag “{key}”.")
    if feature.kind != FeatureKind.UNMETERED:
        raise NotAFlag(
            _("“%(key)s” is counted: it has no value that could be overridden.") % {"key": key}
        )
    return feature


def _find(organization: Organization, feature: Feature, member: str) -> FlagOverride | None:
    overrides = FlagOverride.objects.owned_by(organization)
    return overrides.filter(feature=feature, member=member).first()


def _new(organization: Organization, feature: Feature, member: str) -> FlagOverride:
    if FlagOverride.objects.owned_by(organization).count() >= MOST_OVERRIDES:
        raise TooManyOverrides(
            _("An organization can have %(most)s overrides. Remove some first.")
            % {"most": quantity_words(MOST_OVERRIDES)}
        )
    return FlagOverride(organization=organization, feature=feature, member=member)

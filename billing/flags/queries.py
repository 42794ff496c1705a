"""Reads of overrides."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Organization

from ..models import FlagOverride


@dataclass(frozen=True, slots=True)
class OverrideView:
    """
    A value that a flag has whatever the plan says: for everybody in the organization or, with a
    `member`, for one person. `type` is one of `ValueType`.
    """

    key: str
    name: str
    type: str
    value: Any
    member: str | None


def list_overrides(*, organization: Organization, member: str | None = None) -> list[OverrideView]:
    """
    Return the overrides of the organization itself or, with `member`, those of one person, in
    the order of the catalog.
    """
    overrides = FlagOverride.objects.owned_by(organization).filter(member=member or "")
    return [
        OverrideView(
            key=override.feature.code,
            name=override.feature.name,
            type=override.feature.value_type,
            value=override.value,
            member=override.member or None,
        )
        for override in overrides.select_related("feature").order_by(
            "feature__position", "feature__code"
        )
    ]

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Acceptance")


@_attrs_define
class Acceptance:
    """That the customer accepts. The body may be left out.

    Attributes:
        organization (None | str | Unset): Its id or your own id for it. Needed with a platform key.
        effective_at (None | str | Unset): A renewal at or after the end of the notice; `effective_at` unless given.
        waives_notice (bool | Unset): Says that the customer asked for less notice in so many words: then the move takes
            effect at the next renewal. Default: False.
        leaves_legacy_plan (bool | Unset): Says that the customer knows: a legacy plan that is left cannot be chosen
            again. Without it, leaving one is 409 `leaves_legacy_plan`. Default: False.
    """

    organization: None | str | Unset = UNSET
    effective_at: None | str | Unset = UNSET
    waives_notice: bool | Unset = False
    leaves_legacy_plan: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        organization: None | str | Unset
        if isinstance(self.organization, Unset):
            organization = UNSET
        else:
            organization = self.organization

        effective_at: None | str | Unset
        if isinstance(self.effective_at, Unset):
            effective_at = UNSET
        else:
            effective_at = self.effective_at

        waives_notice = self.waives_notice

        leaves_legacy_plan = self.leaves_legacy_plan

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if organization is not UNSET:
            field_dict["organization"] = organization
        if effective_at is not UNSET:
            field_dict["effective_at"] = effective_at
        if waives_notice is not UNSET:
            field_dict["waives_notice"] = waives_notice
        if leaves_legacy_plan is not UNSET:
            field_dict["leaves_legacy_plan"] = leaves_legacy_plan

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_organization(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        organization = _parse_organization(d.pop("organization", UNSET))

        def _parse_effective_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        effective_at = _parse_effective_at(d.pop("effective_at", UNSET))

        waives_notice = d.pop("waives_notice", UNSET)

        leaves_legacy_plan = d.pop("leaves_legacy_plan", UNSET)

        acceptance = cls(
            organization=organization,
            effective_at=effective_at,
            waives_notice=waives_notice,
            leaves_legacy_plan=leaves_legacy_plan,
        )

        return acceptance

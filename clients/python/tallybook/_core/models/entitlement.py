from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.reason import Reason

if TYPE_CHECKING:
    from ..models.upgrade_plan import UpgradePlan


T = TypeVar("T", bound="Entitlement")


@_attrs_define
class Entitlement:
    """The answer for one feature. A flag has a `value`, a metered feature has quantities.

    Attributes:
        feature (str):
        name (str):
        kind (str):
        allowed (bool):
        reason (Reason): Why a feature may, or may not, be used.
        value (Any): The flag's value; null for a metered feature.
        unlimited (bool):
        limit (None | str): The most per month; null is none.
        allowance (None | str): Included per month.
        used (None | str):
        remaining (None | str):
        overage (None | str):
        resets_at (None | str):
        upgrade_plan (None | UpgradePlan):
    """

    feature: str
    name: str
    kind: str
    allowed: bool
    reason: Reason
    value: Any
    unlimited: bool
    limit: None | str
    allowance: None | str
    used: None | str
    remaining: None | str
    overage: None | str
    resets_at: None | str
    upgrade_plan: None | UpgradePlan
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.upgrade_plan import UpgradePlan  # noqa: PLC0415

        feature = self.feature

        name = self.name

        kind = self.kind

        allowed = self.allowed

        reason = self.reason.value

        value = self.value

        unlimited = self.unlimited

        limit: None | str
        limit = self.limit

        allowance: None | str
        allowance = self.allowance

        used: None | str
        used = self.used

        remaining: None | str
        remaining = self.remaining

        overage: None | str
        overage = self.overage

        resets_at: None | str
        resets_at = self.resets_at

        upgrade_plan: dict[str, Any] | None
        if isinstance(self.upgrade_plan, UpgradePlan):
            upgrade_plan = self.upgrade_plan.to_dict()
        else:
            upgrade_plan = self.upgrade_plan

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "feature": feature,
                "name": name,
                "kind": kind,
                "allowed": allowed,
                "reason": reason,
                "value": value,
                "unlimited": unlimited,
                "limit": limit,
                "allowance": allowance,
                "used": used,
                "remaining": remaining,
                "overage": overage,
                "resets_at": resets_at,
                "upgrade_plan": upgrade_plan,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.upgrade_plan import UpgradePlan  # noqa: PLC0415

        d = dict(src_dict)
        feature = d.pop("feature")

        name = d.pop("name")

        kind = d.pop("kind")

        allowed = d.pop("allowed")

        reason = Reason(d.pop("reason"))

        value = d.pop("value")

        unlimited = d.pop("unlimited")

        def _parse_limit(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        limit = _parse_limit(d.pop("limit"))

        def _parse_allowance(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        allowance = _parse_allowance(d.pop("allowance"))

        def _parse_used(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        used = _parse_used(d.pop("used"))

        def _parse_remaining(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        remaining = _parse_remaining(d.pop("remaining"))

        def _parse_overage(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        overage = _parse_overage(d.pop("overage"))

        def _parse_resets_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        resets_at = _parse_resets_at(d.pop("resets_at"))

        def _parse_upgrade_plan(data: object) -> None | UpgradePlan:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                upgrade_plan_type_0 = UpgradePlan.from_dict(data)

                return upgrade_plan_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UpgradePlan, data)

        upgrade_plan = _parse_upgrade_plan(d.pop("upgrade_plan"))

        entitlement = cls(
            feature=feature,
            name=name,
            kind=kind,
            allowed=allowed,
            reason=reason,
            value=value,
            unlimited=unlimited,
            limit=limit,
            allowance=allowance,
            used=used,
            remaining=remaining,
            overage=overage,
            resets_at=resets_at,
            upgrade_plan=upgrade_plan,
        )

        entitlement.additional_properties = d
        return entitlement

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties

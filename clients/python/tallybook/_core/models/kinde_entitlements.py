from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.kinde_entitlement import KindeEntitlement
    from ..models.subscribed_plan import SubscribedPlan


T = TypeVar("T", bound="KindeEntitlements")


@_attrs_define
class KindeEntitlements:
    """What a billing customer is entitled to.

    Attributes:
        has_more (bool): Whether there are more beyond this page.
        entitlements (list[KindeEntitlement]):
        code (str | Unset):  Default: 'OK'.
        message (str | Unset):  Default: 'Success'.
        plans (list[SubscribedPlan] | Unset): With `expand=plans`.
    """

    has_more: bool
    entitlements: list[KindeEntitlement]
    code: str | Unset = "OK"
    message: str | Unset = "Success"
    plans: list[SubscribedPlan] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        has_more = self.has_more

        entitlements = []
        for entitlements_item_data in self.entitlements:
            entitlements_item = entitlements_item_data.to_dict()
            entitlements.append(entitlements_item)

        code = self.code

        message = self.message

        plans: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.plans, Unset):
            plans = []
            for plans_item_data in self.plans:
                plans_item = plans_item_data.to_dict()
                plans.append(plans_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "has_more": has_more,
                "entitlements": entitlements,
            }
        )
        if code is not UNSET:
            field_dict["code"] = code
        if message is not UNSET:
            field_dict["message"] = message
        if plans is not UNSET:
            field_dict["plans"] = plans

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.kinde_entitlement import KindeEntitlement  # noqa: PLC0415
        from ..models.subscribed_plan import SubscribedPlan  # noqa: PLC0415

        d = dict(src_dict)
        has_more = d.pop("has_more")

        entitlements = []
        _entitlements = d.pop("entitlements")
        for entitlements_item_data in _entitlements:
            entitlements_item = KindeEntitlement.from_dict(entitlements_item_data)

            entitlements.append(entitlements_item)

        code = d.pop("code", UNSET)

        message = d.pop("message", UNSET)

        _plans = d.pop("plans", UNSET)
        plans: list[SubscribedPlan] | Unset = UNSET
        if _plans is not UNSET:
            plans = []
            for plans_item_data in _plans:
                plans_item = SubscribedPlan.from_dict(plans_item_data)

                plans.append(plans_item)

        kinde_entitlements = cls(
            has_more=has_more,
            entitlements=entitlements,
            code=code,
            message=message,
            plans=plans,
        )

        kinde_entitlements.additional_properties = d
        return kinde_entitlements

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

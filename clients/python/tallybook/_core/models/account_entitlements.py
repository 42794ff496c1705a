from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.account_entitlement import AccountEntitlement
    from ..models.account_plan import AccountPlan


T = TypeVar("T", bound="AccountEntitlements")


@_attrs_define
class AccountEntitlements:
    """What the organization is entitled to.

    Attributes:
        org_code (str):
        plans (list[AccountPlan]):
        entitlements (list[AccountEntitlement]):
    """

    org_code: str
    plans: list[AccountPlan]
    entitlements: list[AccountEntitlement]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        org_code = self.org_code

        plans = []
        for plans_item_data in self.plans:
            plans_item = plans_item_data.to_dict()
            plans.append(plans_item)

        entitlements = []
        for entitlements_item_data in self.entitlements:
            entitlements_item = entitlements_item_data.to_dict()
            entitlements.append(entitlements_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "org_code": org_code,
                "plans": plans,
                "entitlements": entitlements,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.account_entitlement import AccountEntitlement  # noqa: PLC0415
        from ..models.account_plan import AccountPlan  # noqa: PLC0415

        d = dict(src_dict)
        org_code = d.pop("org_code")

        plans = []
        _plans = d.pop("plans")
        for plans_item_data in _plans:
            plans_item = AccountPlan.from_dict(plans_item_data)

            plans.append(plans_item)

        entitlements = []
        _entitlements = d.pop("entitlements")
        for entitlements_item_data in _entitlements:
            entitlements_item = AccountEntitlement.from_dict(entitlements_item_data)

            entitlements.append(entitlements_item)

        account_entitlements = cls(
            org_code=org_code,
            plans=plans,
            entitlements=entitlements,
        )

        account_entitlements.additional_properties = d
        return account_entitlements

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

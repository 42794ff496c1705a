from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.account_entitlement import AccountEntitlement


T = TypeVar("T", bound="OneAccountEntitlement")


@_attrs_define
class OneAccountEntitlement:
    """One entitlement.

    Attributes:
        org_code (str):
        entitlement (AccountEntitlement): An entitlement; here Kinde says *key* for what is a *code* elsewhere.
    """

    org_code: str
    entitlement: AccountEntitlement
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        org_code = self.org_code

        entitlement = self.entitlement.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "org_code": org_code,
                "entitlement": entitlement,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.account_entitlement import AccountEntitlement  # noqa: PLC0415

        d = dict(src_dict)
        org_code = d.pop("org_code")

        entitlement = AccountEntitlement.from_dict(d.pop("entitlement"))

        one_account_entitlement = cls(
            org_code=org_code,
            entitlement=entitlement,
        )

        one_account_entitlement.additional_properties = d
        return one_account_entitlement

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

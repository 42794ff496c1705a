from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.one_account_entitlement import OneAccountEntitlement
    from ..models.one_account_entitlement_answer_metadata import (
        OneAccountEntitlementAnswerMetadata,
    )


T = TypeVar("T", bound="OneAccountEntitlementAnswer")


@_attrs_define
class OneAccountEntitlementAnswer:
    """One entitlement.

    Attributes:
        data (OneAccountEntitlement): One entitlement.
        metadata (OneAccountEntitlementAnswerMetadata):
    """

    data: OneAccountEntitlement
    metadata: OneAccountEntitlementAnswerMetadata
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        data = self.data.to_dict()

        metadata = self.metadata.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "data": data,
                "metadata": metadata,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.one_account_entitlement import OneAccountEntitlement  # noqa: PLC0415
        from ..models.one_account_entitlement_answer_metadata import (
            OneAccountEntitlementAnswerMetadata,  # noqa: PLC0415
        )

        d = dict(src_dict)
        data = OneAccountEntitlement.from_dict(d.pop("data"))

        metadata = OneAccountEntitlementAnswerMetadata.from_dict(d.pop("metadata"))

        one_account_entitlement_answer = cls(
            data=data,
            metadata=metadata,
        )

        one_account_entitlement_answer.additional_properties = d
        return one_account_entitlement_answer

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

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.property_kind_type import PropertyKindType

T = TypeVar("T", bound="PropertyKind")


@_attrs_define
class PropertyKind:
    """A property that organizations have.

    Attributes:
        key (str):
        name (str):
        type_ (PropertyKindType):
        description (str):
        category (str):
        is_public (bool):
    """

    key: str
    name: str
    type_: PropertyKindType
    description: str
    category: str
    is_public: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        key = self.key

        name = self.name

        type_ = self.type_.value

        description = self.description

        category = self.category

        is_public = self.is_public

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "key": key,
                "name": name,
                "type": type_,
                "description": description,
                "category": category,
                "is_public": is_public,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        key = d.pop("key")

        name = d.pop("name")

        type_ = PropertyKindType(d.pop("type"))

        description = d.pop("description")

        category = d.pop("category")

        is_public = d.pop("is_public")

        property_kind = cls(
            key=key,
            name=name,
            type_=type_,
            description=description,
            category=category,
            is_public=is_public,
        )

        property_kind.additional_properties = d
        return property_kind

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

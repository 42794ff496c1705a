from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.property_type import PropertyType

T = TypeVar("T", bound="Property")


@_attrs_define
class Property:
    """A property, and what it is for the organization.

    Attributes:
        key (str):
        name (str):
        type_ (PropertyType):
        description (str):
        category (str):
        is_public (bool):
        value (Any): Null: it is not set. Decimals and dates are text.
        changed_at (None | str):
    """

    key: str
    name: str
    type_: PropertyType
    description: str
    category: str
    is_public: bool
    value: Any
    changed_at: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        key = self.key

        name = self.name

        type_ = self.type_.value

        description = self.description

        category = self.category

        is_public = self.is_public

        value = self.value

        changed_at: None | str
        changed_at = self.changed_at

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
                "value": value,
                "changed_at": changed_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        key = d.pop("key")

        name = d.pop("name")

        type_ = PropertyType(d.pop("type"))

        description = d.pop("description")

        category = d.pop("category")

        is_public = d.pop("is_public")

        value = d.pop("value")

        def _parse_changed_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        changed_at = _parse_changed_at(d.pop("changed_at"))

        property_ = cls(
            key=key,
            name=name,
            type_=type_,
            description=description,
            category=category,
            is_public=is_public,
            value=value,
            changed_at=changed_at,
        )

        property_.additional_properties = d
        return property_

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

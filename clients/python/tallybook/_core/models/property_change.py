from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="PropertyChange")


@_attrs_define
class PropertyChange:
    """What is to be different.

    Attributes:
        name (str | Unset):
        description (str | Unset):
        category (str | Unset): Under which heading it is shown.
        is_public (bool | Unset): Whether organizations may read it themselves.
    """

    name: str | Unset = UNSET
    description: str | Unset = UNSET
    category: str | Unset = UNSET
    is_public: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        description = self.description

        category = self.category

        is_public = self.is_public

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if description is not UNSET:
            field_dict["description"] = description
        if category is not UNSET:
            field_dict["category"] = category
        if is_public is not UNSET:
            field_dict["is_public"] = is_public

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name", UNSET)

        description = d.pop("description", UNSET)

        category = d.pop("category", UNSET)

        is_public = d.pop("is_public", UNSET)

        property_change = cls(
            name=name,
            description=description,
            category=category,
            is_public=is_public,
        )

        return property_change

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.property_order_type import PropertyOrderType
from ..types import UNSET, Unset

T = TypeVar("T", bound="PropertyOrder")


@_attrs_define
class PropertyOrder:
    """A property to define. Key and type stay for good.

    Attributes:
        key (str): By which apps know it.
        name (str):
        type_ (PropertyOrderType):
        description (str | Unset):  Default: ''.
        category (str | Unset): Under which heading it is shown. Default: ''.
        is_public (bool | Unset): Whether organizations may read it themselves. Default: False.
    """

    key: str
    name: str
    type_: PropertyOrderType
    description: str | Unset = ""
    category: str | Unset = ""
    is_public: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        key = self.key

        name = self.name

        type_ = self.type_.value

        description = self.description

        category = self.category

        is_public = self.is_public

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "key": key,
                "name": name,
                "type": type_,
            }
        )
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
        key = d.pop("key")

        name = d.pop("name")

        type_ = PropertyOrderType(d.pop("type"))

        description = d.pop("description", UNSET)

        category = d.pop("category", UNSET)

        is_public = d.pop("is_public", UNSET)

        property_order = cls(
            key=key,
            name=name,
            type_=type_,
            description=description,
            category=category,
            is_public=is_public,
        )

        return property_order

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.property_values_properties import PropertyValuesProperties


T = TypeVar("T", bound="PropertyValues")


@_attrs_define
class PropertyValues:
    """What to set, by key. Null empties a property.

    Attributes:
        properties (PropertyValuesProperties):
    """

    properties: PropertyValuesProperties

    def to_dict(self) -> dict[str, Any]:
        properties = self.properties.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "properties": properties,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.property_values_properties import PropertyValuesProperties  # noqa: PLC0415

        d = dict(src_dict)
        properties = PropertyValuesProperties.from_dict(d.pop("properties"))

        property_values = cls(
            properties=properties,
        )

        return property_values

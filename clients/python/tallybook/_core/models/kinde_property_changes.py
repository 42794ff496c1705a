from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.kinde_property_changes_properties import (
        KindePropertyChangesProperties,
    )


T = TypeVar("T", bound="KindePropertyChanges")


@_attrs_define
class KindePropertyChanges:
    """What the properties shall be, by their keys.

    Attributes:
        properties (KindePropertyChangesProperties):
    """

    properties: KindePropertyChangesProperties

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
        from ..models.kinde_property_changes_properties import (
            KindePropertyChangesProperties,  # noqa: PLC0415
        )

        d = dict(src_dict)
        properties = KindePropertyChangesProperties.from_dict(d.pop("properties"))

        kinde_property_changes = cls(
            properties=properties,
        )

        return kinde_property_changes

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.flag_source import FlagSource

T = TypeVar("T", bound="Flag")


@_attrs_define
class Flag:
    """A flag and its value for the organization, or for one of its people.

    Attributes:
        key (str):
        type_ (str): `boolean`, `string`, `number` or `json`.
        value (Any):
        source (FlagSource): Where the value of a flag comes from; the later ones win.
    """

    key: str
    type_: str
    value: Any
    source: FlagSource
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        key = self.key

        type_ = self.type_

        value = self.value

        source = self.source.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "key": key,
                "type": type_,
                "value": value,
                "source": source,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        key = d.pop("key")

        type_ = d.pop("type")

        value = d.pop("value")

        source = FlagSource(d.pop("source"))

        flag = cls(
            key=key,
            type_=type_,
            value=value,
            source=source,
        )

        flag.additional_properties = d
        return flag

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

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="NewValue")


@_attrs_define
class NewValue:
    """What to set it to. Null empties it.

    Attributes:
        value (bool | int | None | str):
    """

    value: bool | int | None | str

    def to_dict(self) -> dict[str, Any]:
        value: bool | int | None | str
        value = self.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "value": value,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_value(data: object) -> bool | int | None | str:
            if data is None:
                return data
            return cast(bool | int | None | str, data)

        value = _parse_value(d.pop("value"))

        new_value = cls(
            value=value,
        )

        return new_value

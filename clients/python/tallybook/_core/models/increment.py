from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Increment")


@_attrs_define
class Increment:
    """How much to add.

    Attributes:
        by (int | str | Unset): A whole or decimal number; below zero it counts down. Default: '1'.
    """

    by: int | str | Unset = "1"

    def to_dict(self) -> dict[str, Any]:
        by: int | str | Unset
        if isinstance(self.by, Unset):
            by = UNSET
        else:
            by = self.by

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if by is not UNSET:
            field_dict["by"] = by

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_by(data: object) -> int | str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(int | str | Unset, data)

        by = _parse_by(d.pop("by", UNSET))

        increment = cls(
            by=by,
        )

        return increment

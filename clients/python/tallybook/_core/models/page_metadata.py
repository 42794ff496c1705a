from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PageMetadata")


@_attrs_define
class PageMetadata:
    """Where a list goes on.

    Attributes:
        has_more (bool):
        next_page_starting_after (None | str):
    """

    has_more: bool
    next_page_starting_after: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        has_more = self.has_more

        next_page_starting_after: None | str
        next_page_starting_after = self.next_page_starting_after

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "has_more": has_more,
                "next_page_starting_after": next_page_starting_after,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        has_more = d.pop("has_more")

        def _parse_next_page_starting_after(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_page_starting_after = _parse_next_page_starting_after(
            d.pop("next_page_starting_after")
        )

        page_metadata = cls(
            has_more=has_more,
            next_page_starting_after=next_page_starting_after,
        )

        page_metadata.additional_properties = d
        return page_metadata

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

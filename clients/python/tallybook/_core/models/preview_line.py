from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.amount import Amount


T = TypeVar("T", bound="PreviewLine")


@_attrs_define
class PreviewLine:
    """One line of what is due now.

    Attributes:
        description (str):
        amount (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        starts_at (str):
        ends_at (str):
    """

    description: str
    amount: Amount
    starts_at: str
    ends_at: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        amount = self.amount.to_dict()

        starts_at = self.starts_at

        ends_at = self.ends_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "description": description,
                "amount": amount,
                "starts_at": starts_at,
                "ends_at": ends_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount import Amount  # noqa: PLC0415

        d = dict(src_dict)
        description = d.pop("description")

        amount = Amount.from_dict(d.pop("amount"))

        starts_at = d.pop("starts_at")

        ends_at = d.pop("ends_at")

        preview_line = cls(
            description=description,
            amount=amount,
            starts_at=starts_at,
            ends_at=ends_at,
        )

        preview_line.additional_properties = d
        return preview_line

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

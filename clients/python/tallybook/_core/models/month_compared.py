from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.amount import Amount
    from ..models.month_compared_used import MonthComparedUsed


T = TypeVar("T", bound="MonthCompared")


@_attrs_define
class MonthCompared:
    """What was used in a month, and what it comes to on the plan of today and on the new one.

    Attributes:
        starts_at (str):
        ends_at (str):
        used (MonthComparedUsed): Quantities by metered feature.
        now (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        then (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
    """

    starts_at: str
    ends_at: str
    used: MonthComparedUsed
    now: Amount
    then: Amount
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        starts_at = self.starts_at

        ends_at = self.ends_at

        used = self.used.to_dict()

        now = self.now.to_dict()

        then = self.then.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "starts_at": starts_at,
                "ends_at": ends_at,
                "used": used,
                "now": now,
                "then": then,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount import Amount  # noqa: PLC0415
        from ..models.month_compared_used import MonthComparedUsed  # noqa: PLC0415

        d = dict(src_dict)
        starts_at = d.pop("starts_at")

        ends_at = d.pop("ends_at")

        used = MonthComparedUsed.from_dict(d.pop("used"))

        now = Amount.from_dict(d.pop("now"))

        then = Amount.from_dict(d.pop("then"))

        month_compared = cls(
            starts_at=starts_at,
            ends_at=ends_at,
            used=used,
            now=now,
            then=then,
        )

        month_compared.additional_properties = d
        return month_compared

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

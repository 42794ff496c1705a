from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.by import By

if TYPE_CHECKING:
    from ..models.usage_of import UsageOf


T = TypeVar("T", bound="UsageSummary")


@_attrs_define
class UsageSummary:
    """Usage of one feature over a span of time. Days and hours come in order, the rest with the most
    credits first. What was taken back is not in it.

        Attributes:
            feature (str):
            unit (str):
            unit_plural (str):
            by (By): What usage can be told apart by.
            time_zone (str): Where days begin: the organization's own.
            data (list[UsageOf]):
            has_more (bool):
    """

    feature: str
    unit: str
    unit_plural: str
    by: By
    time_zone: str
    data: list[UsageOf]
    has_more: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        feature = self.feature

        unit = self.unit

        unit_plural = self.unit_plural

        by = self.by.value

        time_zone = self.time_zone

        data = []
        for data_item_data in self.data:
            data_item = data_item_data.to_dict()
            data.append(data_item)

        has_more = self.has_more

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "feature": feature,
                "unit": unit,
                "unit_plural": unit_plural,
                "by": by,
                "time_zone": time_zone,
                "data": data,
                "has_more": has_more,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.usage_of import UsageOf  # noqa: PLC0415

        d = dict(src_dict)
        feature = d.pop("feature")

        unit = d.pop("unit")

        unit_plural = d.pop("unit_plural")

        by = By(d.pop("by"))

        time_zone = d.pop("time_zone")

        data = []
        _data = d.pop("data")
        for data_item_data in _data:
            data_item = UsageOf.from_dict(data_item_data)

            data.append(data_item)

        has_more = d.pop("has_more")

        usage_summary = cls(
            feature=feature,
            unit=unit,
            unit_plural=unit_plural,
            by=by,
            time_zone=time_zone,
            data=data,
            has_more=has_more,
        )

        usage_summary.additional_properties = d
        return usage_summary

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

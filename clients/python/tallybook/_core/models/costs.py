from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.by_what import ByWhat

if TYPE_CHECKING:
    from ..models.cost_of import CostOf


T = TypeVar("T", bound="Costs")


@_attrs_define
class Costs:
    """What usage cost in a span, in the reporting currency, the dearest first.

    Attributes:
        currency (str):
        first_date (datetime.date | None): Null: each customer's last month.
        end_date (datetime.date | None):
        by (ByWhat): What costs can be told apart by.
        cost (str): A decimal number as text.
        data (list[CostOf]):
        has_more (bool):
    """

    currency: str
    first_date: datetime.date | None
    end_date: datetime.date | None
    by: ByWhat
    cost: str
    data: list[CostOf]
    has_more: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        currency = self.currency

        first_date: None | str
        if isinstance(self.first_date, datetime.date):
            first_date = self.first_date.isoformat()
        else:
            first_date = self.first_date

        end_date: None | str
        if isinstance(self.end_date, datetime.date):
            end_date = self.end_date.isoformat()
        else:
            end_date = self.end_date

        by = self.by.value

        cost = self.cost

        data = []
        for data_item_data in self.data:
            data_item = data_item_data.to_dict()
            data.append(data_item)

        has_more = self.has_more

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "currency": currency,
                "first_date": first_date,
                "end_date": end_date,
                "by": by,
                "cost": cost,
                "data": data,
                "has_more": has_more,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cost_of import CostOf  # noqa: PLC0415

        d = dict(src_dict)
        currency = d.pop("currency")

        def _parse_first_date(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                first_date_type_0 = datetime.date.fromisoformat(data)

                return first_date_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        first_date = _parse_first_date(d.pop("first_date"))

        def _parse_end_date(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                end_date_type_0 = datetime.date.fromisoformat(data)

                return end_date_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        end_date = _parse_end_date(d.pop("end_date"))

        by = ByWhat(d.pop("by"))

        cost = d.pop("cost")

        data = []
        _data = d.pop("data")
        for data_item_data in _data:
            data_item = CostOf.from_dict(data_item_data)

            data.append(data_item)

        has_more = d.pop("has_more")

        costs = cls(
            currency=currency,
            first_date=first_date,
            end_date=end_date,
            by=by,
            cost=cost,
            data=data,
            has_more=has_more,
        )

        costs.additional_properties = d
        return costs

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

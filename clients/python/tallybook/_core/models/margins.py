from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.by_whom import ByWhom

if TYPE_CHECKING:
    from ..models.audited import Audited
    from ..models.figures import Figures
    from ..models.margin_of import MarginOf


T = TypeVar("T", bound="Margins")


@_attrs_define
class Margins:
    """Margins of a span, in the reporting currency. Customers who pay in another one are not among
    them, because nothing is converted; `other_currency_count` says how many they are.

        Attributes:
            currency (str):
            first_date (datetime.date | None): Null: each customer's last month.
            end_date (datetime.date | None):
            by (ByWhom): What margins can be told apart by.
            whole (Figures): What came in, what serving took, and what is left. Rounded once, from exact amounts.
            audit (Audited): The customers with the most revenue, 20 at most, and how many are below 40 %.
            other_currency_count (int):
            data (list[MarginOf]):
            has_more (bool):
    """

    currency: str
    first_date: datetime.date | None
    end_date: datetime.date | None
    by: ByWhom
    whole: Figures
    audit: Audited
    other_currency_count: int
    data: list[MarginOf]
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

        whole = self.whole.to_dict()

        audit = self.audit.to_dict()

        other_currency_count = self.other_currency_count

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
                "whole": whole,
                "audit": audit,
                "other_currency_count": other_currency_count,
                "data": data,
                "has_more": has_more,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.audited import Audited  # noqa: PLC0415
        from ..models.figures import Figures  # noqa: PLC0415
        from ..models.margin_of import MarginOf  # noqa: PLC0415

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

        by = ByWhom(d.pop("by"))

        whole = Figures.from_dict(d.pop("whole"))

        audit = Audited.from_dict(d.pop("audit"))

        other_currency_count = d.pop("other_currency_count")

        data = []
        _data = d.pop("data")
        for data_item_data in _data:
            data_item = MarginOf.from_dict(data_item_data)

            data.append(data_item)

        has_more = d.pop("has_more")

        margins = cls(
            currency=currency,
            first_date=first_date,
            end_date=end_date,
            by=by,
            whole=whole,
            audit=audit,
            other_currency_count=other_currency_count,
            data=data,
            has_more=has_more,
        )

        margins.additional_properties = d
        return margins

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

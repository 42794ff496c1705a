from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.amount import Amount


T = TypeVar("T", bound="Figures")


@_attrs_define
class Figures:
    """What came in, what serving took, and what is left. Rounded once, from exact amounts.

    Attributes:
        revenue (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        ai_cost (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        other_cost (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        left (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        ai_margin (None | str): After the cost of AI alone.
        gross_margin (None | str): After all costs.
    """

    revenue: Amount
    ai_cost: Amount
    other_cost: Amount
    left: Amount
    ai_margin: None | str
    gross_margin: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        revenue = self.revenue.to_dict()

        ai_cost = self.ai_cost.to_dict()

        other_cost = self.other_cost.to_dict()

        left = self.left.to_dict()

        ai_margin: None | str
        ai_margin = self.ai_margin

        gross_margin: None | str
        gross_margin = self.gross_margin

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "revenue": revenue,
                "ai_cost": ai_cost,
                "other_cost": other_cost,
                "left": left,
                "ai_margin": ai_margin,
                "gross_margin": gross_margin,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount import Amount  # noqa: PLC0415

        d = dict(src_dict)
        revenue = Amount.from_dict(d.pop("revenue"))

        ai_cost = Amount.from_dict(d.pop("ai_cost"))

        other_cost = Amount.from_dict(d.pop("other_cost"))

        left = Amount.from_dict(d.pop("left"))

        def _parse_ai_margin(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ai_margin = _parse_ai_margin(d.pop("ai_margin"))

        def _parse_gross_margin(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        gross_margin = _parse_gross_margin(d.pop("gross_margin"))

        figures = cls(
            revenue=revenue,
            ai_cost=ai_cost,
            other_cost=other_cost,
            left=left,
            ai_margin=ai_margin,
            gross_margin=gross_margin,
        )

        figures.additional_properties = d
        return figures

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

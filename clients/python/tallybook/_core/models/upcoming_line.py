from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.amount import Amount


T = TypeVar("T", bound="UpcomingLine")


@_attrs_define
class UpcomingLine:
    """One line of an invoice to come.

    Attributes:
        description (str):
        quantity (str): A decimal number as text.
        unit (str):
        unit_price (None | str): In major units; null where it is not all.
        price_words (None | str): The price in words, where it is not.
        amount (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
    """

    description: str
    quantity: str
    unit: str
    unit_price: None | str
    price_words: None | str
    amount: Amount
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        quantity = self.quantity

        unit = self.unit

        unit_price: None | str
        unit_price = self.unit_price

        price_words: None | str
        price_words = self.price_words

        amount = self.amount.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "description": description,
                "quantity": quantity,
                "unit": unit,
                "unit_price": unit_price,
                "price_words": price_words,
                "amount": amount,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount import Amount  # noqa: PLC0415

        d = dict(src_dict)
        description = d.pop("description")

        quantity = d.pop("quantity")

        unit = d.pop("unit")

        def _parse_unit_price(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        unit_price = _parse_unit_price(d.pop("unit_price"))

        def _parse_price_words(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        price_words = _parse_price_words(d.pop("price_words"))

        amount = Amount.from_dict(d.pop("amount"))

        upcoming_line = cls(
            description=description,
            quantity=quantity,
            unit=unit,
            unit_price=unit_price,
            price_words=price_words,
            amount=amount,
        )

        upcoming_line.additional_properties = d
        return upcoming_line

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

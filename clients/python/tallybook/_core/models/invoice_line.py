from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.amount import Amount


T = TypeVar("T", bound="InvoiceLine")


@_attrs_define
class InvoiceLine:
    """One line of an invoice.

    Attributes:
        description (str):
        quantity (None | str):
        unit_price (None | str): In major units; null where it says nothing.
        amount (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        is_proration (bool):
        starts_at (str):
        ends_at (str):
        settlement (None | str): The settlement of a usage period that it charges for.
    """

    description: str
    quantity: None | str
    unit_price: None | str
    amount: Amount
    is_proration: bool
    starts_at: str
    ends_at: str
    settlement: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        quantity: None | str
        quantity = self.quantity

        unit_price: None | str
        unit_price = self.unit_price

        amount = self.amount.to_dict()

        is_proration = self.is_proration

        starts_at = self.starts_at

        ends_at = self.ends_at

        settlement: None | str
        settlement = self.settlement

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "description": description,
                "quantity": quantity,
                "unit_price": unit_price,
                "amount": amount,
                "is_proration": is_proration,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "settlement": settlement,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount import Amount  # noqa: PLC0415

        d = dict(src_dict)
        description = d.pop("description")

        def _parse_quantity(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        quantity = _parse_quantity(d.pop("quantity"))

        def _parse_unit_price(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        unit_price = _parse_unit_price(d.pop("unit_price"))

        amount = Amount.from_dict(d.pop("amount"))

        is_proration = d.pop("is_proration")

        starts_at = d.pop("starts_at")

        ends_at = d.pop("ends_at")

        def _parse_settlement(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        settlement = _parse_settlement(d.pop("settlement"))

        invoice_line = cls(
            description=description,
            quantity=quantity,
            unit_price=unit_price,
            amount=amount,
            is_proration=is_proration,
            starts_at=starts_at,
            ends_at=ends_at,
            settlement=settlement,
        )

        invoice_line.additional_properties = d
        return invoice_line

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

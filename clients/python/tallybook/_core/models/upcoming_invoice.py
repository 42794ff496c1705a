from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.amount import Amount
    from ..models.upcoming_line import UpcomingLine


T = TypeVar("T", bound="UpcomingInvoice")


@_attrs_define
class UpcomingInvoice:
    """What the next invoice will be if nothing more is used.

    Attributes:
        due_at (str):
        collection (str): How the money is collected.
        lines (list[UpcomingLine]):
        total (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        credit (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        to_pay (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
    """

    due_at: str
    collection: str
    lines: list[UpcomingLine]
    total: Amount
    credit: Amount
    to_pay: Amount
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        due_at = self.due_at

        collection = self.collection

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        total = self.total.to_dict()

        credit = self.credit.to_dict()

        to_pay = self.to_pay.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "due_at": due_at,
                "collection": collection,
                "lines": lines,
                "total": total,
                "credit": credit,
                "to_pay": to_pay,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount import Amount  # noqa: PLC0415
        from ..models.upcoming_line import UpcomingLine  # noqa: PLC0415

        d = dict(src_dict)
        due_at = d.pop("due_at")

        collection = d.pop("collection")

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = UpcomingLine.from_dict(lines_item_data)

            lines.append(lines_item)

        total = Amount.from_dict(d.pop("total"))

        credit = Amount.from_dict(d.pop("credit"))

        to_pay = Amount.from_dict(d.pop("to_pay"))

        upcoming_invoice = cls(
            due_at=due_at,
            collection=collection,
            lines=lines,
            total=total,
            credit=credit,
            to_pay=to_pay,
        )

        upcoming_invoice.additional_properties = d
        return upcoming_invoice

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

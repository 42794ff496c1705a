from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.amount import Amount


T = TypeVar("T", bound="GuaranteeMonth")


@_attrs_define
class GuaranteeMonth:
    """What one month would have cost before, what it cost, and what was given back for it.

    Attributes:
        month (int):
        starts_at (str):
        ends_at (str):
        before (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        now (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        credit (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        money_credit (None | str): The money credit; null where nothing is given back.
    """

    month: int
    starts_at: str
    ends_at: str
    before: Amount
    now: Amount
    credit: Amount
    money_credit: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        month = self.month

        starts_at = self.starts_at

        ends_at = self.ends_at

        before = self.before.to_dict()

        now = self.now.to_dict()

        credit = self.credit.to_dict()

        money_credit: None | str
        money_credit = self.money_credit

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "month": month,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "before": before,
                "now": now,
                "credit": credit,
                "money_credit": money_credit,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount import Amount  # noqa: PLC0415

        d = dict(src_dict)
        month = d.pop("month")

        starts_at = d.pop("starts_at")

        ends_at = d.pop("ends_at")

        before = Amount.from_dict(d.pop("before"))

        now = Amount.from_dict(d.pop("now"))

        credit = Amount.from_dict(d.pop("credit"))

        def _parse_money_credit(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        money_credit = _parse_money_credit(d.pop("money_credit"))

        guarantee_month = cls(
            month=month,
            starts_at=starts_at,
            ends_at=ends_at,
            before=before,
            now=now,
            credit=credit,
            money_credit=money_credit,
        )

        guarantee_month.additional_properties = d
        return guarantee_month

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

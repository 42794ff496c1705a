from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="UsagePayment")


@_attrs_define
class UsagePayment:
    """A part of what an event took, and the grant that paid it.

    Attributes:
        kind (str): `consume`: paid at once. `overage`: not paid by credits. `cover`: overage that credits paid
            afterwards. `reverse`: given back, negative.
        amount (str): A decimal number as text.
        credit_grant (None | str): Null: no credits were involved.
        category (None | str):
        occurred_at (str):
    """

    kind: str
    amount: str
    credit_grant: None | str
    category: None | str
    occurred_at: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind

        amount = self.amount

        credit_grant: None | str
        credit_grant = self.credit_grant

        category: None | str
        category = self.category

        occurred_at = self.occurred_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "amount": amount,
                "credit_grant": credit_grant,
                "category": category,
                "occurred_at": occurred_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = d.pop("kind")

        amount = d.pop("amount")

        def _parse_credit_grant(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        credit_grant = _parse_credit_grant(d.pop("credit_grant"))

        def _parse_category(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        category = _parse_category(d.pop("category"))

        occurred_at = d.pop("occurred_at")

        usage_payment = cls(
            kind=kind,
            amount=amount,
            credit_grant=credit_grant,
            category=category,
            occurred_at=occurred_at,
        )

        usage_payment.additional_properties = d
        return usage_payment

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

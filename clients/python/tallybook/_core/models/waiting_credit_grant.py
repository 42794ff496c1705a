from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WaitingCreditGrant")


@_attrs_define
class WaitingCreditGrant:
    """Credits that are given once somebody of the staff agrees.

    Attributes:
        id (str):
        status (str): `waiting`, `given` or `declined`.
        feature (str):
        category (str):
        amount (str): A decimal number as text.
        expires_at (None | str): Null: they never expire.
        asked_at (str):
    """

    id: str
    status: str
    feature: str
    category: str
    amount: str
    expires_at: None | str
    asked_at: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        status = self.status

        feature = self.feature

        category = self.category

        amount = self.amount

        expires_at: None | str
        expires_at = self.expires_at

        asked_at = self.asked_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "status": status,
                "feature": feature,
                "category": category,
                "amount": amount,
                "expires_at": expires_at,
                "asked_at": asked_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        status = d.pop("status")

        feature = d.pop("feature")

        category = d.pop("category")

        amount = d.pop("amount")

        def _parse_expires_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        expires_at = _parse_expires_at(d.pop("expires_at"))

        asked_at = d.pop("asked_at")

        waiting_credit_grant = cls(
            id=id,
            status=status,
            feature=feature,
            category=category,
            amount=amount,
            expires_at=expires_at,
            asked_at=asked_at,
        )

        waiting_credit_grant.additional_properties = d
        return waiting_credit_grant

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

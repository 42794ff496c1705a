from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CreditGrant")


@_attrs_define
class CreditGrant:
    """Credits that were given, and what is left of them.

    Attributes:
        id (str):
        feature (str):
        category (str):
        amount (str): A decimal number as text.
        remaining (str): A decimal number as text.
        effective_at (str):
        expires_at (None | str): Null: they never expire.
        actions (list[str]): What they may pay for; everything if empty.
    """

    id: str
    feature: str
    category: str
    amount: str
    remaining: str
    effective_at: str
    expires_at: None | str
    actions: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        feature = self.feature

        category = self.category

        amount = self.amount

        remaining = self.remaining

        effective_at = self.effective_at

        expires_at: None | str
        expires_at = self.expires_at

        actions = self.actions

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "feature": feature,
                "category": category,
                "amount": amount,
                "remaining": remaining,
                "effective_at": effective_at,
                "expires_at": expires_at,
                "actions": actions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        feature = d.pop("feature")

        category = d.pop("category")

        amount = d.pop("amount")

        remaining = d.pop("remaining")

        effective_at = d.pop("effective_at")

        def _parse_expires_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        expires_at = _parse_expires_at(d.pop("expires_at"))

        actions = cast(list[str], d.pop("actions"))

        credit_grant = cls(
            id=id,
            feature=feature,
            category=category,
            amount=amount,
            remaining=remaining,
            effective_at=effective_at,
            expires_at=expires_at,
            actions=actions,
        )

        credit_grant.additional_properties = d
        return credit_grant

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

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.credit_grant import CreditGrant


T = TypeVar("T", bound="PastBalance")


@_attrs_define
class PastBalance:
    """What the organization could spend on one metered feature at a moment in the past.

    Attributes:
        feature (str):
        at (str):
        remaining (None | str): Null where the feature is unlimited today.
        grants (list[CreditGrant]): With what they still held then.
    """

    feature: str
    at: str
    remaining: None | str
    grants: list[CreditGrant]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        feature = self.feature

        at = self.at

        remaining: None | str
        remaining = self.remaining

        grants = []
        for grants_item_data in self.grants:
            grants_item = grants_item_data.to_dict()
            grants.append(grants_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "feature": feature,
                "at": at,
                "remaining": remaining,
                "grants": grants,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.credit_grant import CreditGrant  # noqa: PLC0415

        d = dict(src_dict)
        feature = d.pop("feature")

        at = d.pop("at")

        def _parse_remaining(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        remaining = _parse_remaining(d.pop("remaining"))

        grants = []
        _grants = d.pop("grants")
        for grants_item_data in _grants:
            grants_item = CreditGrant.from_dict(grants_item_data)

            grants.append(grants_item)

        past_balance = cls(
            feature=feature,
            at=at,
            remaining=remaining,
            grants=grants,
        )

        past_balance.additional_properties = d
        return past_balance

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

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.amount import Amount


T = TypeVar("T", bound="CreditPack")


@_attrs_define
class CreditPack:
    """A pack of credits as it is sold to the organization.

    Attributes:
        code (str):
        name (str):
        feature (str):
        credits_ (str): A decimal number as text.
        price (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        expires_after_months (int | None): Counted from when they are granted; null: never.
    """

    code: str
    name: str
    feature: str
    credits_: str
    price: Amount
    expires_after_months: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        name = self.name

        feature = self.feature

        credits_ = self.credits_

        price = self.price.to_dict()

        expires_after_months: int | None
        expires_after_months = self.expires_after_months

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "name": name,
                "feature": feature,
                "credits": credits_,
                "price": price,
                "expires_after_months": expires_after_months,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount import Amount  # noqa: PLC0415

        d = dict(src_dict)
        code = d.pop("code")

        name = d.pop("name")

        feature = d.pop("feature")

        credits_ = d.pop("credits")

        price = Amount.from_dict(d.pop("price"))

        def _parse_expires_after_months(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        expires_after_months = _parse_expires_after_months(
            d.pop("expires_after_months")
        )

        credit_pack = cls(
            code=code,
            name=name,
            feature=feature,
            credits_=credits_,
            price=price,
            expires_after_months=expires_after_months,
        )

        credit_pack.additional_properties = d
        return credit_pack

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

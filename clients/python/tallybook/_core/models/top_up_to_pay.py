from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.amount import Amount


T = TypeVar("T", bound="TopUpToPay")


@_attrs_define
class TopUpToPay:
    """An order, and where it is paid.

    Attributes:
        id (str):
        feature (str):
        pack (str):
        pack_name (str):
        count (int):
        credits_ (str): A decimal number as text.
        amount (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        expires_after_months (int | None): Months from the payment on; null: never.
        trigger (str): `person`, which apps are, or `automatic`.
        status (str): `pending`, `paid`, `failed` or `canceled`.
        ordered_at (str):
        ended_at (None | str):
        url (None | str): The payment page; null if the card has paid.
    """

    id: str
    feature: str
    pack: str
    pack_name: str
    count: int
    credits_: str
    amount: Amount
    expires_after_months: int | None
    trigger: str
    status: str
    ordered_at: str
    ended_at: None | str
    url: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        feature = self.feature

        pack = self.pack

        pack_name = self.pack_name

        count = self.count

        credits_ = self.credits_

        amount = self.amount.to_dict()

        expires_after_months: int | None
        expires_after_months = self.expires_after_months

        trigger = self.trigger

        status = self.status

        ordered_at = self.ordered_at

        ended_at: None | str
        ended_at = self.ended_at

        url: None | str
        url = self.url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "feature": feature,
                "pack": pack,
                "pack_name": pack_name,
                "count": count,
                "credits": credits_,
                "amount": amount,
                "expires_after_months": expires_after_months,
                "trigger": trigger,
                "status": status,
                "ordered_at": ordered_at,
                "ended_at": ended_at,
                "url": url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount import Amount  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        feature = d.pop("feature")

        pack = d.pop("pack")

        pack_name = d.pop("pack_name")

        count = d.pop("count")

        credits_ = d.pop("credits")

        amount = Amount.from_dict(d.pop("amount"))

        def _parse_expires_after_months(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        expires_after_months = _parse_expires_after_months(
            d.pop("expires_after_months")
        )

        trigger = d.pop("trigger")

        status = d.pop("status")

        ordered_at = d.pop("ordered_at")

        def _parse_ended_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        def _parse_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        url = _parse_url(d.pop("url"))

        top_up_to_pay = cls(
            id=id,
            feature=feature,
            pack=pack,
            pack_name=pack_name,
            count=count,
            credits_=credits_,
            amount=amount,
            expires_after_months=expires_after_months,
            trigger=trigger,
            status=status,
            ordered_at=ordered_at,
            ended_at=ended_at,
            url=url,
        )

        top_up_to_pay.additional_properties = d
        return top_up_to_pay

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

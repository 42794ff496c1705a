from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.amount import Amount
    from ..models.customer_value import CustomerValue


T = TypeVar("T", bound="EmbeddedEstimate")


@_attrs_define
class EmbeddedEstimate:
    """What an action would take now, as far as a page may know; see `Estimate`.

    Attributes:
        action (str):
        name (str):
        quantity (str): A decimal number as text.
        feature (str):
        credits_ (str): A decimal number as text.
        percent_of_allowance (None | str):
        customer_value (CustomerValue | None):
        remaining (None | str):
        overage (str): A decimal number as text.
        sentence (str):
        shortage (str):
        resets_at (None | str):
        overage_amount (Amount | None | Unset): Only if the token allows amounts; null: overage is not sold.
    """

    action: str
    name: str
    quantity: str
    feature: str
    credits_: str
    percent_of_allowance: None | str
    customer_value: CustomerValue | None
    remaining: None | str
    overage: str
    sentence: str
    shortage: str
    resets_at: None | str
    overage_amount: Amount | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.amount import Amount  # noqa: PLC0415
        from ..models.customer_value import CustomerValue  # noqa: PLC0415

        action = self.action

        name = self.name

        quantity = self.quantity

        feature = self.feature

        credits_ = self.credits_

        percent_of_allowance: None | str
        percent_of_allowance = self.percent_of_allowance

        customer_value: dict[str, Any] | None
        if isinstance(self.customer_value, CustomerValue):
            customer_value = self.customer_value.to_dict()
        else:
            customer_value = self.customer_value

        remaining: None | str
        remaining = self.remaining

        overage = self.overage

        sentence = self.sentence

        shortage = self.shortage

        resets_at: None | str
        resets_at = self.resets_at

        overage_amount: dict[str, Any] | None | Unset
        if isinstance(self.overage_amount, Unset):
            overage_amount = UNSET
        elif isinstance(self.overage_amount, Amount):
            overage_amount = self.overage_amount.to_dict()
        else:
            overage_amount = self.overage_amount

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "action": action,
                "name": name,
                "quantity": quantity,
                "feature": feature,
                "credits": credits_,
                "percent_of_allowance": percent_of_allowance,
                "customer_value": customer_value,
                "remaining": remaining,
                "overage": overage,
                "sentence": sentence,
                "shortage": shortage,
                "resets_at": resets_at,
            }
        )
        if overage_amount is not UNSET:
            field_dict["overage_amount"] = overage_amount

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount import Amount  # noqa: PLC0415
        from ..models.customer_value import CustomerValue  # noqa: PLC0415

        d = dict(src_dict)
        action = d.pop("action")

        name = d.pop("name")

        quantity = d.pop("quantity")

        feature = d.pop("feature")

        credits_ = d.pop("credits")

        def _parse_percent_of_allowance(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        percent_of_allowance = _parse_percent_of_allowance(
            d.pop("percent_of_allowance")
        )

        def _parse_customer_value(data: object) -> CustomerValue | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                customer_value_type_0 = CustomerValue.from_dict(data)

                return customer_value_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CustomerValue | None, data)

        customer_value = _parse_customer_value(d.pop("customer_value"))

        def _parse_remaining(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        remaining = _parse_remaining(d.pop("remaining"))

        overage = d.pop("overage")

        sentence = d.pop("sentence")

        shortage = d.pop("shortage")

        def _parse_resets_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        resets_at = _parse_resets_at(d.pop("resets_at"))

        def _parse_overage_amount(data: object) -> Amount | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                overage_amount_type_0 = Amount.from_dict(data)

                return overage_amount_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Amount | None | Unset, data)

        overage_amount = _parse_overage_amount(d.pop("overage_amount", UNSET))

        embedded_estimate = cls(
            action=action,
            name=name,
            quantity=quantity,
            feature=feature,
            credits_=credits_,
            percent_of_allowance=percent_of_allowance,
            customer_value=customer_value,
            remaining=remaining,
            overage=overage,
            sentence=sentence,
            shortage=shortage,
            resets_at=resets_at,
            overage_amount=overage_amount,
        )

        embedded_estimate.additional_properties = d
        return embedded_estimate

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

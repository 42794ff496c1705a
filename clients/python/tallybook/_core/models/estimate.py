from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.amount import Amount
    from ..models.customer_value import CustomerValue


T = TypeVar("T", bound="Estimate")


@_attrs_define
class Estimate:
    """What an action would take, be worth and cost now. Nothing is booked or held.

    Attributes:
        action (str):
        name (str):
        quantity (str): A decimal number as text.
        feature (str):
        credits_ (str): A decimal number as text.
        allowance (None | str): Included per month; null is unlimited.
        percent_of_allowance (None | str): To six decimals; null where there is no allowance.
        customer_value (CustomerValue | None):
        remaining (None | str): Before it; null is unlimited.
        overage (str): The part that no credits are left for.
        overage_amount (Amount | None): What that part would add to the charge; null: overage is not sold.
        amount_without_credits (Amount | None): What all of it would add if no credits were left; null as above.
        sentence (str):
        shortage (str): The part that no credits are left for, in words; empty if there is none.
        resets_at (None | str):
    """

    action: str
    name: str
    quantity: str
    feature: str
    credits_: str
    allowance: None | str
    percent_of_allowance: None | str
    customer_value: CustomerValue | None
    remaining: None | str
    overage: str
    overage_amount: Amount | None
    amount_without_credits: Amount | None
    sentence: str
    shortage: str
    resets_at: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.amount import Amount  # noqa: PLC0415
        from ..models.customer_value import CustomerValue  # noqa: PLC0415

        action = self.action

        name = self.name

        quantity = self.quantity

        feature = self.feature

        credits_ = self.credits_

        allowance: None | str
        allowance = self.allowance

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

        overage_amount: dict[str, Any] | None
        if isinstance(self.overage_amount, Amount):
            overage_amount = self.overage_amount.to_dict()
        else:
            overage_amount = self.overage_amount

        amount_without_credits: dict[str, Any] | None
        if isinstance(self.amount_without_credits, Amount):
            amount_without_credits = self.amount_without_credits.to_dict()
        else:
            amount_without_credits = self.amount_without_credits

        sentence = self.sentence

        shortage = self.shortage

        resets_at: None | str
        resets_at = self.resets_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "action": action,
                "name": name,
                "quantity": quantity,
                "feature": feature,
                "credits": credits_,
                "allowance": allowance,
                "percent_of_allowance": percent_of_allowance,
                "customer_value": customer_value,
                "remaining": remaining,
                "overage": overage,
                "overage_amount": overage_amount,
                "amount_without_credits": amount_without_credits,
                "sentence": sentence,
                "shortage": shortage,
                "resets_at": resets_at,
            }
        )

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

        def _parse_allowance(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        allowance = _parse_allowance(d.pop("allowance"))

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

        def _parse_overage_amount(data: object) -> Amount | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                overage_amount_type_0 = Amount.from_dict(data)

                return overage_amount_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Amount | None, data)

        overage_amount = _parse_overage_amount(d.pop("overage_amount"))

        def _parse_amount_without_credits(data: object) -> Amount | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                amount_without_credits_type_0 = Amount.from_dict(data)

                return amount_without_credits_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Amount | None, data)

        amount_without_credits = _parse_amount_without_credits(
            d.pop("amount_without_credits")
        )

        sentence = d.pop("sentence")

        shortage = d.pop("shortage")

        def _parse_resets_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        resets_at = _parse_resets_at(d.pop("resets_at"))

        estimate = cls(
            action=action,
            name=name,
            quantity=quantity,
            feature=feature,
            credits_=credits_,
            allowance=allowance,
            percent_of_allowance=percent_of_allowance,
            customer_value=customer_value,
            remaining=remaining,
            overage=overage,
            overage_amount=overage_amount,
            amount_without_credits=amount_without_credits,
            sentence=sentence,
            shortage=shortage,
            resets_at=resets_at,
        )

        estimate.additional_properties = d
        return estimate

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

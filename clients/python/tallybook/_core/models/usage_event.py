from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.reversed_by import ReversedBy
    from ..models.tokens_reported import TokensReported
    from ..models.usage_event_properties import UsageEventProperties
    from ..models.usage_payment import UsagePayment


T = TypeVar("T", bound="UsageEvent")


@_attrs_define
class UsageEvent:
    """A usage event as it stands in the books.

    Attributes:
        id (str):
        feature (str):
        action (None | str):
        quantity (str): A decimal number as text.
        credits_ (str): What it added to its period.
        overage (str): The part of it that no credits have paid until now.
        member (str):
        api_key (None | str): Your key that reported it; null: it was not one.
        properties (UsageEventProperties):
        tokens (None | TokensReported): The tokens that were reported with it; null without a platform key.
        hold (None | str): The hold that it settled.
        late (bool): Whether it came too late for its period, and counts in a later one.
        occurred_at (str):
        counted_at (str): What decides its period and its credits.
        recorded_at (str):
        reversal (None | ReversedBy):
        payments (list[UsagePayment]): In the order of the books.
    """

    id: str
    feature: str
    action: None | str
    quantity: str
    credits_: str
    overage: str
    member: str
    api_key: None | str
    properties: UsageEventProperties
    tokens: None | TokensReported
    hold: None | str
    late: bool
    occurred_at: str
    counted_at: str
    recorded_at: str
    reversal: None | ReversedBy
    payments: list[UsagePayment]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.reversed_by import ReversedBy  # noqa: PLC0415
        from ..models.tokens_reported import TokensReported  # noqa: PLC0415

        id = self.id

        feature = self.feature

        action: None | str
        action = self.action

        quantity = self.quantity

        credits_ = self.credits_

        overage = self.overage

        member = self.member

        api_key: None | str
        api_key = self.api_key

        properties = self.properties.to_dict()

        tokens: dict[str, Any] | None
        if isinstance(self.tokens, TokensReported):
            tokens = self.tokens.to_dict()
        else:
            tokens = self.tokens

        hold: None | str
        hold = self.hold

        late = self.late

        occurred_at = self.occurred_at

        counted_at = self.counted_at

        recorded_at = self.recorded_at

        reversal: dict[str, Any] | None
        if isinstance(self.reversal, ReversedBy):
            reversal = self.reversal.to_dict()
        else:
            reversal = self.reversal

        payments = []
        for payments_item_data in self.payments:
            payments_item = payments_item_data.to_dict()
            payments.append(payments_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "feature": feature,
                "action": action,
                "quantity": quantity,
                "credits": credits_,
                "overage": overage,
                "member": member,
                "api_key": api_key,
                "properties": properties,
                "tokens": tokens,
                "hold": hold,
                "late": late,
                "occurred_at": occurred_at,
                "counted_at": counted_at,
                "recorded_at": recorded_at,
                "reversal": reversal,
                "payments": payments,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reversed_by import ReversedBy  # noqa: PLC0415
        from ..models.tokens_reported import TokensReported  # noqa: PLC0415
        from ..models.usage_event_properties import UsageEventProperties  # noqa: PLC0415
        from ..models.usage_payment import UsagePayment  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        feature = d.pop("feature")

        def _parse_action(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        action = _parse_action(d.pop("action"))

        quantity = d.pop("quantity")

        credits_ = d.pop("credits")

        overage = d.pop("overage")

        member = d.pop("member")

        def _parse_api_key(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        api_key = _parse_api_key(d.pop("api_key"))

        properties = UsageEventProperties.from_dict(d.pop("properties"))

        def _parse_tokens(data: object) -> None | TokensReported:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                tokens_type_0 = TokensReported.from_dict(data)

                return tokens_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TokensReported, data)

        tokens = _parse_tokens(d.pop("tokens"))

        def _parse_hold(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        hold = _parse_hold(d.pop("hold"))

        late = d.pop("late")

        occurred_at = d.pop("occurred_at")

        counted_at = d.pop("counted_at")

        recorded_at = d.pop("recorded_at")

        def _parse_reversal(data: object) -> None | ReversedBy:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                reversal_type_0 = ReversedBy.from_dict(data)

                return reversal_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReversedBy, data)

        reversal = _parse_reversal(d.pop("reversal"))

        payments = []
        _payments = d.pop("payments")
        for payments_item_data in _payments:
            payments_item = UsagePayment.from_dict(payments_item_data)

            payments.append(payments_item)

        usage_event = cls(
            id=id,
            feature=feature,
            action=action,
            quantity=quantity,
            credits_=credits_,
            overage=overage,
            member=member,
            api_key=api_key,
            properties=properties,
            tokens=tokens,
            hold=hold,
            late=late,
            occurred_at=occurred_at,
            counted_at=counted_at,
            recorded_at=recorded_at,
            reversal=reversal,
            payments=payments,
        )

        usage_event.additional_properties = d
        return usage_event

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

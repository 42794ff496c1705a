from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.hold_status import HoldStatus

T = TypeVar("T", bound="Hold")


@_attrs_define
class Hold:
    """Credits that are set aside. They are out of reach for everything else until the hold ends:
    settled, released, or expired.

        Attributes:
            id (str):
            key (str): Your own id for it.
            feature (str):
            action (None | str):
            quantity (str): How many of the action, or how much of the feature.
            credits_ (str): What was asked for.
            uncovered (str): The part of it that no credits cover: allowed, and overage if used.
            remaining (None | str): What was left right after; null is unlimited.
            member (str):
            status (HoldStatus):
            event (None | str): The id of the event that settled it.
            held_at (str):
            expires_at (str):
            ended_at (None | str):
    """

    id: str
    key: str
    feature: str
    action: None | str
    quantity: str
    credits_: str
    uncovered: str
    remaining: None | str
    member: str
    status: HoldStatus
    event: None | str
    held_at: str
    expires_at: str
    ended_at: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        key = self.key

        feature = self.feature

        action: None | str
        action = self.action

        quantity = self.quantity

        credits_ = self.credits_

        uncovered = self.uncovered

        remaining: None | str
        remaining = self.remaining

        member = self.member

        status = self.status.value

        event: None | str
        event = self.event

        held_at = self.held_at

        expires_at = self.expires_at

        ended_at: None | str
        ended_at = self.ended_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "key": key,
                "feature": feature,
                "action": action,
                "quantity": quantity,
                "credits": credits_,
                "uncovered": uncovered,
                "remaining": remaining,
                "member": member,
                "status": status,
                "event": event,
                "held_at": held_at,
                "expires_at": expires_at,
                "ended_at": ended_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        key = d.pop("key")

        feature = d.pop("feature")

        def _parse_action(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        action = _parse_action(d.pop("action"))

        quantity = d.pop("quantity")

        credits_ = d.pop("credits")

        uncovered = d.pop("uncovered")

        def _parse_remaining(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        remaining = _parse_remaining(d.pop("remaining"))

        member = d.pop("member")

        status = HoldStatus(d.pop("status"))

        def _parse_event(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        event = _parse_event(d.pop("event"))

        held_at = d.pop("held_at")

        expires_at = d.pop("expires_at")

        def _parse_ended_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        hold = cls(
            id=id,
            key=key,
            feature=feature,
            action=action,
            quantity=quantity,
            credits_=credits_,
            uncovered=uncovered,
            remaining=remaining,
            member=member,
            status=status,
            event=event,
            held_at=held_at,
            expires_at=expires_at,
            ended_at=ended_at,
        )

        hold.additional_properties = d
        return hold

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

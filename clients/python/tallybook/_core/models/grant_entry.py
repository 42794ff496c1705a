from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="GrantEntry")


@_attrs_define
class GrantEntry:
    """One amount that a grant gained, or lost (negative).

    Attributes:
        id (str):
        kind (str):
        amount (str): A decimal number as text.
        event (None | str): The usage event that it paid for.
        action (None | str):
        member (str):
        hold (None | str): The hold that set it aside or returned it.
        other_grant (None | str): Where it rolled over to or from.
        occurred_at (str):
        recorded_at (str):
    """

    id: str
    kind: str
    amount: str
    event: None | str
    action: None | str
    member: str
    hold: None | str
    other_grant: None | str
    occurred_at: str
    recorded_at: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        kind = self.kind

        amount = self.amount

        event: None | str
        event = self.event

        action: None | str
        action = self.action

        member = self.member

        hold: None | str
        hold = self.hold

        other_grant: None | str
        other_grant = self.other_grant

        occurred_at = self.occurred_at

        recorded_at = self.recorded_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "amount": amount,
                "event": event,
                "action": action,
                "member": member,
                "hold": hold,
                "other_grant": other_grant,
                "occurred_at": occurred_at,
                "recorded_at": recorded_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        kind = d.pop("kind")

        amount = d.pop("amount")

        def _parse_event(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        event = _parse_event(d.pop("event"))

        def _parse_action(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        action = _parse_action(d.pop("action"))

        member = d.pop("member")

        def _parse_hold(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        hold = _parse_hold(d.pop("hold"))

        def _parse_other_grant(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        other_grant = _parse_other_grant(d.pop("other_grant"))

        occurred_at = d.pop("occurred_at")

        recorded_at = d.pop("recorded_at")

        grant_entry = cls(
            id=id,
            kind=kind,
            amount=amount,
            event=event,
            action=action,
            member=member,
            hold=hold,
            other_grant=other_grant,
            occurred_at=occurred_at,
            recorded_at=recorded_at,
        )

        grant_entry.additional_properties = d
        return grant_entry

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

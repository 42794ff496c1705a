from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="LedgerEntry")


@_attrs_define
class LedgerEntry:
    """One amount that moved: positive where credits came in, negative where they went out. Overage is
    usage, so it is negative as well.

        Attributes:
            id (str):
            kind (str):
            amount (str): A decimal number as text.
            event (None | str): The usage event that it belongs to.
            action (None | str):
            member (str):
            credit_grant (None | str): The grant that gained or lost it.
            category (None | str):
            from_grant (None | str): The grant whose unused credits these were.
            hold (None | str): The hold that set it aside or returned it.
            late (bool): Usage that came too late for its period.
            reversed_ (bool): Usage that was taken back since.
            occurred_at (str):
            recorded_at (str):
    """

    id: str
    kind: str
    amount: str
    event: None | str
    action: None | str
    member: str
    credit_grant: None | str
    category: None | str
    from_grant: None | str
    hold: None | str
    late: bool
    reversed_: bool
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

        credit_grant: None | str
        credit_grant = self.credit_grant

        category: None | str
        category = self.category

        from_grant: None | str
        from_grant = self.from_grant

        hold: None | str
        hold = self.hold

        late = self.late

        reversed_ = self.reversed_

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
                "credit_grant": credit_grant,
                "category": category,
                "from_grant": from_grant,
                "hold": hold,
                "late": late,
                "reversed": reversed_,
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

        def _parse_credit_grant(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        credit_grant = _parse_credit_grant(d.pop("credit_grant"))

        def _parse_category(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        category = _parse_category(d.pop("category"))

        def _parse_from_grant(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        from_grant = _parse_from_grant(d.pop("from_grant"))

        def _parse_hold(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        hold = _parse_hold(d.pop("hold"))

        late = d.pop("late")

        reversed_ = d.pop("reversed")

        occurred_at = d.pop("occurred_at")

        recorded_at = d.pop("recorded_at")

        ledger_entry = cls(
            id=id,
            kind=kind,
            amount=amount,
            event=event,
            action=action,
            member=member,
            credit_grant=credit_grant,
            category=category,
            from_grant=from_grant,
            hold=hold,
            late=late,
            reversed_=reversed_,
            occurred_at=occurred_at,
            recorded_at=recorded_at,
        )

        ledger_entry.additional_properties = d
        return ledger_entry

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

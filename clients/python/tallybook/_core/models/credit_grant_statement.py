from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.grant_entry import GrantEntry


T = TypeVar("T", bound="CreditGrantStatement")


@_attrs_define
class CreditGrantStatement:
    """What became of a grant: `amount` is `consumed` and `held` and `expired` and `rolled_over` and
    what remains. What was reversed or released again is in none of them.

        Attributes:
            id (str):
            feature (str):
            category (str):
            amount (str): A decimal number as text.
            remaining (str): A decimal number as text.
            effective_at (str):
            expires_at (None | str): Null: they never expire.
            actions (list[str]): What they may pay for; everything if empty.
            consumed (str): A decimal number as text.
            held (str): A decimal number as text.
            expired (str): A decimal number as text.
            rolled_over (str): A decimal number as text.
            parent (None | str): The grant whose unused credits these are.
            child (None | str): The grant that got the unused credits.
            ended_at (None | str): When it ended early, with its agreement.
            entries (list[GrantEntry]): One page, the newest first.
            has_more (bool):
    """

    id: str
    feature: str
    category: str
    amount: str
    remaining: str
    effective_at: str
    expires_at: None | str
    actions: list[str]
    consumed: str
    held: str
    expired: str
    rolled_over: str
    parent: None | str
    child: None | str
    ended_at: None | str
    entries: list[GrantEntry]
    has_more: bool
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

        consumed = self.consumed

        held = self.held

        expired = self.expired

        rolled_over = self.rolled_over

        parent: None | str
        parent = self.parent

        child: None | str
        child = self.child

        ended_at: None | str
        ended_at = self.ended_at

        entries = []
        for entries_item_data in self.entries:
            entries_item = entries_item_data.to_dict()
            entries.append(entries_item)

        has_more = self.has_more

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
                "consumed": consumed,
                "held": held,
                "expired": expired,
                "rolled_over": rolled_over,
                "parent": parent,
                "child": child,
                "ended_at": ended_at,
                "entries": entries,
                "has_more": has_more,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.grant_entry import GrantEntry  # noqa: PLC0415

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

        consumed = d.pop("consumed")

        held = d.pop("held")

        expired = d.pop("expired")

        rolled_over = d.pop("rolled_over")

        def _parse_parent(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        parent = _parse_parent(d.pop("parent"))

        def _parse_child(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        child = _parse_child(d.pop("child"))

        def _parse_ended_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        entries = []
        _entries = d.pop("entries")
        for entries_item_data in _entries:
            entries_item = GrantEntry.from_dict(entries_item_data)

            entries.append(entries_item)

        has_more = d.pop("has_more")

        credit_grant_statement = cls(
            id=id,
            feature=feature,
            category=category,
            amount=amount,
            remaining=remaining,
            effective_at=effective_at,
            expires_at=expires_at,
            actions=actions,
            consumed=consumed,
            held=held,
            expired=expired,
            rolled_over=rolled_over,
            parent=parent,
            child=child,
            ended_at=ended_at,
            entries=entries,
            has_more=has_more,
        )

        credit_grant_statement.additional_properties = d
        return credit_grant_statement

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

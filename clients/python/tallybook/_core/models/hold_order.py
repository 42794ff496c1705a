from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="HoldOrder")


@_attrs_define
class HoldOrder:
    """Credits to set aside: for an `action` and a `quantity` (1 unless given), or a `feature` and a
    `value`.

    `id` is yours: sent again with the same content it names the same hold.

        Attributes:
            id (str):
            action (None | str | Unset): An action of the rate card.
            quantity (int | None | str | Unset):
            feature (None | str | Unset): A metered feature.
            value (int | None | str | Unset):
            member (None | str | Unset): Your id for the person who is about to use it.
            organization (None | str | Unset): Its id or your own id for it. Needed with a platform key.
            expires_in_seconds (int | Unset): After this time the credits return by themselves. Default: 900.
    """

    id: str
    action: None | str | Unset = UNSET
    quantity: int | None | str | Unset = UNSET
    feature: None | str | Unset = UNSET
    value: int | None | str | Unset = UNSET
    member: None | str | Unset = UNSET
    organization: None | str | Unset = UNSET
    expires_in_seconds: int | Unset = 900

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        action: None | str | Unset
        if isinstance(self.action, Unset):
            action = UNSET
        else:
            action = self.action

        quantity: int | None | str | Unset
        if isinstance(self.quantity, Unset):
            quantity = UNSET
        else:
            quantity = self.quantity

        feature: None | str | Unset
        if isinstance(self.feature, Unset):
            feature = UNSET
        else:
            feature = self.feature

        value: int | None | str | Unset
        if isinstance(self.value, Unset):
            value = UNSET
        else:
            value = self.value

        member: None | str | Unset
        if isinstance(self.member, Unset):
            member = UNSET
        else:
            member = self.member

        organization: None | str | Unset
        if isinstance(self.organization, Unset):
            organization = UNSET
        else:
            organization = self.organization

        expires_in_seconds = self.expires_in_seconds

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
            }
        )
        if action is not UNSET:
            field_dict["action"] = action
        if quantity is not UNSET:
            field_dict["quantity"] = quantity
        if feature is not UNSET:
            field_dict["feature"] = feature
        if value is not UNSET:
            field_dict["value"] = value
        if member is not UNSET:
            field_dict["member"] = member
        if organization is not UNSET:
            field_dict["organization"] = organization
        if expires_in_seconds is not UNSET:
            field_dict["expires_in_seconds"] = expires_in_seconds

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        def _parse_action(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        action = _parse_action(d.pop("action", UNSET))

        def _parse_quantity(data: object) -> int | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | str | Unset, data)

        quantity = _parse_quantity(d.pop("quantity", UNSET))

        def _parse_feature(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        feature = _parse_feature(d.pop("feature", UNSET))

        def _parse_value(data: object) -> int | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | str | Unset, data)

        value = _parse_value(d.pop("value", UNSET))

        def _parse_member(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        member = _parse_member(d.pop("member", UNSET))

        def _parse_organization(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        organization = _parse_organization(d.pop("organization", UNSET))

        expires_in_seconds = d.pop("expires_in_seconds", UNSET)

        hold_order = cls(
            id=id,
            action=action,
            quantity=quantity,
            feature=feature,
            value=value,
            member=member,
            organization=organization,
            expires_in_seconds=expires_in_seconds,
        )

        return hold_order

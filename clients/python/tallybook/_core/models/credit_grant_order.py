from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.credit_grant_order_category import CreditGrantOrderCategory
from ..types import UNSET, Unset

T = TypeVar("T", bound="CreditGrantOrder")


@_attrs_define
class CreditGrantOrder:
    """Credits to give, and why.

    Attributes:
        organization (str): Its id or your own id for it.
        feature (str): A metered feature.
        category (CreditGrantOrderCategory): A promotion, an adjustment, or a purchase that was paid for elsewhere.
        amount (int | str): A decimal number above zero, at most six decimals, as text or an integer.
        reason (str): For the audit log.
        expires_at (None | str | Unset): From when they cannot be spent any more; never unless given.
        priority (int | Unset): Lower numbers are spent first. Default: 100.
        actions (list[str] | None | Unset): The actions that they may pay for; everything unless given.
    """

    organization: str
    feature: str
    category: CreditGrantOrderCategory
    amount: int | str
    reason: str
    expires_at: None | str | Unset = UNSET
    priority: int | Unset = 100
    actions: list[str] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        organization = self.organization

        feature = self.feature

        category = self.category.value

        amount: int | str
        amount = self.amount

        reason = self.reason

        expires_at: None | str | Unset
        if isinstance(self.expires_at, Unset):
            expires_at = UNSET
        else:
            expires_at = self.expires_at

        priority = self.priority

        actions: list[str] | None | Unset
        if isinstance(self.actions, Unset):
            actions = UNSET
        elif isinstance(self.actions, list):
            actions = self.actions

        else:
            actions = self.actions

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "organization": organization,
                "feature": feature,
                "category": category,
                "amount": amount,
                "reason": reason,
            }
        )
        if expires_at is not UNSET:
            field_dict["expires_at"] = expires_at
        if priority is not UNSET:
            field_dict["priority"] = priority
        if actions is not UNSET:
            field_dict["actions"] = actions

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        organization = d.pop("organization")

        feature = d.pop("feature")

        category = CreditGrantOrderCategory(d.pop("category"))

        def _parse_amount(data: object) -> int | str:
            return cast(int | str, data)

        amount = _parse_amount(d.pop("amount"))

        reason = d.pop("reason")

        def _parse_expires_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        expires_at = _parse_expires_at(d.pop("expires_at", UNSET))

        priority = d.pop("priority", UNSET)

        def _parse_actions(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                actions_type_0 = cast(list[str], data)

                return actions_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        actions = _parse_actions(d.pop("actions", UNSET))

        credit_grant_order = cls(
            organization=organization,
            feature=feature,
            category=category,
            amount=amount,
            reason=reason,
            expires_at=expires_at,
            priority=priority,
            actions=actions,
        )

        return credit_grant_order

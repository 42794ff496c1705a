from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.change_order_interval_type_0 import ChangeOrderIntervalType0
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.amount_shown import AmountShown


T = TypeVar("T", bound="ChangeOrder")


@_attrs_define
class ChangeOrder:
    """A change that was previewed: the same wish, and two things that the preview told.

    Attributes:
        proration_at (datetime.datetime): As the preview told it; it holds for 30 minutes.
        due_now (AmountShown): An amount as the preview told it.
        organization (None | str | Unset): Its id or your own id for it. Needed with a platform key.
        plan (None | str | Unset):
        interval (ChangeOrderIntervalType0 | None | Unset):
        seats (int | None | Unset):
        leaves_legacy_plan (bool | Unset): Says that the customer knows: a legacy plan that is left cannot be chosen
            again. Without it, leaving one is 409 `leaves_legacy_plan`. Default: False.
    """

    proration_at: datetime.datetime
    due_now: AmountShown
    organization: None | str | Unset = UNSET
    plan: None | str | Unset = UNSET
    interval: ChangeOrderIntervalType0 | None | Unset = UNSET
    seats: int | None | Unset = UNSET
    leaves_legacy_plan: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        proration_at = self.proration_at.isoformat()

        due_now = self.due_now.to_dict()

        organization: None | str | Unset
        if isinstance(self.organization, Unset):
            organization = UNSET
        else:
            organization = self.organization

        plan: None | str | Unset
        if isinstance(self.plan, Unset):
            plan = UNSET
        else:
            plan = self.plan

        interval: None | str | Unset
        if isinstance(self.interval, Unset):
            interval = UNSET
        elif isinstance(self.interval, ChangeOrderIntervalType0):
            interval = self.interval.value
        else:
            interval = self.interval

        seats: int | None | Unset
        if isinstance(self.seats, Unset):
            seats = UNSET
        else:
            seats = self.seats

        leaves_legacy_plan = self.leaves_legacy_plan

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "proration_at": proration_at,
                "due_now": due_now,
            }
        )
        if organization is not UNSET:
            field_dict["organization"] = organization
        if plan is not UNSET:
            field_dict["plan"] = plan
        if interval is not UNSET:
            field_dict["interval"] = interval
        if seats is not UNSET:
            field_dict["seats"] = seats
        if leaves_legacy_plan is not UNSET:
            field_dict["leaves_legacy_plan"] = leaves_legacy_plan

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount_shown import AmountShown  # noqa: PLC0415

        d = dict(src_dict)
        proration_at = datetime.datetime.fromisoformat(d.pop("proration_at"))

        due_now = AmountShown.from_dict(d.pop("due_now"))

        def _parse_organization(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        organization = _parse_organization(d.pop("organization", UNSET))

        def _parse_plan(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        plan = _parse_plan(d.pop("plan", UNSET))

        def _parse_interval(data: object) -> ChangeOrderIntervalType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                interval_type_0 = ChangeOrderIntervalType0(data)

                return interval_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ChangeOrderIntervalType0 | None | Unset, data)

        interval = _parse_interval(d.pop("interval", UNSET))

        def _parse_seats(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        seats = _parse_seats(d.pop("seats", UNSET))

        leaves_legacy_plan = d.pop("leaves_legacy_plan", UNSET)

        change_order = cls(
            proration_at=proration_at,
            due_now=due_now,
            organization=organization,
            plan=plan,
            interval=interval,
            seats=seats,
            leaves_legacy_plan=leaves_legacy_plan,
        )

        return change_order

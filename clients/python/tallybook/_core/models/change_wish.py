from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.change_wish_interval_type_0 import ChangeWishIntervalType0
from ..types import UNSET, Unset

T = TypeVar("T", bound="ChangeWish")


@_attrs_define
class ChangeWish:
    """What shall be different. Whatever is left out stays as it is.

    Attributes:
        organization (None | str | Unset): Its id or your own id for it. Needed with a platform key.
        plan (None | str | Unset):
        interval (ChangeWishIntervalType0 | None | Unset):
        seats (int | None | Unset):
    """

    organization: None | str | Unset = UNSET
    plan: None | str | Unset = UNSET
    interval: ChangeWishIntervalType0 | None | Unset = UNSET
    seats: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
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
        elif isinstance(self.interval, ChangeWishIntervalType0):
            interval = self.interval.value
        else:
            interval = self.interval

        seats: int | None | Unset
        if isinstance(self.seats, Unset):
            seats = UNSET
        else:
            seats = self.seats

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if organization is not UNSET:
            field_dict["organization"] = organization
        if plan is not UNSET:
            field_dict["plan"] = plan
        if interval is not UNSET:
            field_dict["interval"] = interval
        if seats is not UNSET:
            field_dict["seats"] = seats

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

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

        def _parse_interval(data: object) -> ChangeWishIntervalType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                interval_type_0 = ChangeWishIntervalType0(data)

                return interval_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ChangeWishIntervalType0 | None | Unset, data)

        interval = _parse_interval(d.pop("interval", UNSET))

        def _parse_seats(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        seats = _parse_seats(d.pop("seats", UNSET))

        change_wish = cls(
            organization=organization,
            plan=plan,
            interval=interval,
            seats=seats,
        )

        return change_wish

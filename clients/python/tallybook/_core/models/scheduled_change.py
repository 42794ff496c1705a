from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.amount import Amount


T = TypeVar("T", bound="ScheduledChange")


@_attrs_define
class ScheduledChange:
    """What an agreement is going to be, unless that is undone.

    Attributes:
        id (str):
        plan (str):
        plan_name (str):
        plan_version (int):
        interval (str):
        seats (int):
        base_price (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        effective_at (str):
    """

    id: str
    plan: str
    plan_name: str
    plan_version: int
    interval: str
    seats: int
    base_price: Amount
    effective_at: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        plan = self.plan

        plan_name = self.plan_name

        plan_version = self.plan_version

        interval = self.interval

        seats = self.seats

        base_price = self.base_price.to_dict()

        effective_at = self.effective_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "plan": plan,
                "plan_name": plan_name,
                "plan_version": plan_version,
                "interval": interval,
                "seats": seats,
                "base_price": base_price,
                "effective_at": effective_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount import Amount  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        plan = d.pop("plan")

        plan_name = d.pop("plan_name")

        plan_version = d.pop("plan_version")

        interval = d.pop("interval")

        seats = d.pop("seats")

        base_price = Amount.from_dict(d.pop("base_price"))

        effective_at = d.pop("effective_at")

        scheduled_change = cls(
            id=id,
            plan=plan,
            plan_name=plan_name,
            plan_version=plan_version,
            interval=interval,
            seats=seats,
            base_price=base_price,
            effective_at=effective_at,
        )

        scheduled_change.additional_properties = d
        return scheduled_change

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

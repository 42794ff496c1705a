from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.event_result import EventResult
    from ..models.hold import Hold


T = TypeVar("T", bound="SettledHold")


@_attrs_define
class SettledHold:
    """The event that was booked, and the hold that it ended.

    Attributes:
        usage (EventResult): What became of one event.

            `accepted`, `late` and `duplicate` carry the receipt: for a duplicate it is that of the first
            time. `conflict` and `rejected` changed nothing; `reason` says why, `errors` where, and for
            enforced use `required` and the fields after it what is missing.
        hold (Hold): Credits that are set aside. They are out of reach for everything else until the hold ends:
            settled, released, or expired.
    """

    usage: EventResult
    hold: Hold
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        usage = self.usage.to_dict()

        hold = self.hold.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "usage": usage,
                "hold": hold,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.event_result import EventResult  # noqa: PLC0415
        from ..models.hold import Hold  # noqa: PLC0415

        d = dict(src_dict)
        usage = EventResult.from_dict(d.pop("usage"))

        hold = Hold.from_dict(d.pop("hold"))

        settled_hold = cls(
            usage=usage,
            hold=hold,
        )

        settled_hold.additional_properties = d
        return settled_hold

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

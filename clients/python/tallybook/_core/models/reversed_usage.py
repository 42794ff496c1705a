from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ReversedUsage")


@_attrs_define
class ReversedUsage:
    """An event that was taken back.

    Attributes:
        id (str):
        feature (str):
        credits_ (str): What the event had taken.
        overage (str): The part of it that nothing had paid for by then.
        settled (bool): Whether its period was settled already: what was charged for it is then owed to the
            organization, and stands in a settlement of its own.
        reason (str):
        reversed_at (str):
    """

    id: str
    feature: str
    credits_: str
    overage: str
    settled: bool
    reason: str
    reversed_at: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        feature = self.feature

        credits_ = self.credits_

        overage = self.overage

        settled = self.settled

        reason = self.reason

        reversed_at = self.reversed_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "feature": feature,
                "credits": credits_,
                "overage": overage,
                "settled": settled,
                "reason": reason,
                "reversed_at": reversed_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        feature = d.pop("feature")

        credits_ = d.pop("credits")

        overage = d.pop("overage")

        settled = d.pop("settled")

        reason = d.pop("reason")

        reversed_at = d.pop("reversed_at")

        reversed_usage = cls(
            id=id,
            feature=feature,
            credits_=credits_,
            overage=overage,
            settled=settled,
            reason=reason,
            reversed_at=reversed_at,
        )

        reversed_usage.additional_properties = d
        return reversed_usage

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

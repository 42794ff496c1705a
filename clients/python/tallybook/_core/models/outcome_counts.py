from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="OutcomeCounts")


@_attrs_define
class OutcomeCounts:
    """How many events ended how.

    Attributes:
        accepted (int):
        late (int):
        duplicate (int):
        conflict (int):
        rejected (int):
    """

    accepted: int
    late: int
    duplicate: int
    conflict: int
    rejected: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        accepted = self.accepted

        late = self.late

        duplicate = self.duplicate

        conflict = self.conflict

        rejected = self.rejected

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "accepted": accepted,
                "late": late,
                "duplicate": duplicate,
                "conflict": conflict,
                "rejected": rejected,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        accepted = d.pop("accepted")

        late = d.pop("late")

        duplicate = d.pop("duplicate")

        conflict = d.pop("conflict")

        rejected = d.pop("rejected")

        outcome_counts = cls(
            accepted=accepted,
            late=late,
            duplicate=duplicate,
            conflict=conflict,
            rejected=rejected,
        )

        outcome_counts.additional_properties = d
        return outcome_counts

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

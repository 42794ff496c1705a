from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.flag_source import FlagSource
from ..types import UNSET, Unset

T = TypeVar("T", bound="EvaluationMetadata")


@_attrs_define
class EvaluationMetadata:
    """What the value rests on.

    Attributes:
        source (FlagSource): Where the value of a flag comes from; the later ones win.
        plan (str | Unset): The plan of the organization, if it has one.
    """

    source: FlagSource
    plan: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        source = self.source.value

        plan = self.plan

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "source": source,
            }
        )
        if plan is not UNSET:
            field_dict["plan"] = plan

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        source = FlagSource(d.pop("source"))

        plan = d.pop("plan", UNSET)

        evaluation_metadata = cls(
            source=source,
            plan=plan,
        )

        evaluation_metadata.additional_properties = d
        return evaluation_metadata

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

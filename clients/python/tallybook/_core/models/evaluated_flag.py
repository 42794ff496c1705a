from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.evaluation_reason import EvaluationReason
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.evaluation_metadata import EvaluationMetadata


T = TypeVar("T", bound="EvaluatedFlag")


@_attrs_define
class EvaluatedFlag:
    """The value of a flag, or what is left of a metered feature.

    Attributes:
        key (str):
        reason (EvaluationReason): How a value came about, in the words of the protocol.
        variant (str): The plan that it is of, or the source.
        metadata (EvaluationMetadata): What the value rests on.
        value (Any | Unset): A metered feature is an object of `included`, `used`, `remaining`, `limit` and `resets_at`.
            Not there: use the default of your code.
    """

    key: str
    reason: EvaluationReason
    variant: str
    metadata: EvaluationMetadata
    value: Any | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        key = self.key

        reason = self.reason.value

        variant = self.variant

        metadata = self.metadata.to_dict()

        value = self.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "key": key,
                "reason": reason,
                "variant": variant,
                "metadata": metadata,
            }
        )
        if value is not UNSET:
            field_dict["value"] = value

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.evaluation_metadata import EvaluationMetadata  # noqa: PLC0415

        d = dict(src_dict)
        key = d.pop("key")

        reason = EvaluationReason(d.pop("reason"))

        variant = d.pop("variant")

        metadata = EvaluationMetadata.from_dict(d.pop("metadata"))

        value = d.pop("value", UNSET)

        evaluated_flag = cls(
            key=key,
            reason=reason,
            variant=variant,
            metadata=metadata,
            value=value,
        )

        evaluated_flag.additional_properties = d
        return evaluated_flag

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

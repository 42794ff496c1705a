from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.amount import Amount


T = TypeVar("T", bound="PlanCompared")


@_attrs_define
class PlanCompared:
    """A plan that the months were billed on. What is not eligible is not offered.

    Attributes:
        plan (str):
        plan_name (str):
        is_eligible (bool):
        is_offered (bool):
        average (Amount | None):
        dearest (Amount | None):
    """

    plan: str
    plan_name: str
    is_eligible: bool
    is_offered: bool
    average: Amount | None
    dearest: Amount | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.amount import Amount  # noqa: PLC0415

        plan = self.plan

        plan_name = self.plan_name

        is_eligible = self.is_eligible

        is_offered = self.is_offered

        average: dict[str, Any] | None
        if isinstance(self.average, Amount):
            average = self.average.to_dict()
        else:
            average = self.average

        dearest: dict[str, Any] | None
        if isinstance(self.dearest, Amount):
            dearest = self.dearest.to_dict()
        else:
            dearest = self.dearest

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "plan": plan,
                "plan_name": plan_name,
                "is_eligible": is_eligible,
                "is_offered": is_offered,
                "average": average,
                "dearest": dearest,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount import Amount  # noqa: PLC0415

        d = dict(src_dict)
        plan = d.pop("plan")

        plan_name = d.pop("plan_name")

        is_eligible = d.pop("is_eligible")

        is_offered = d.pop("is_offered")

        def _parse_average(data: object) -> Amount | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                average_type_0 = Amount.from_dict(data)

                return average_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Amount | None, data)

        average = _parse_average(d.pop("average"))

        def _parse_dearest(data: object) -> Amount | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                dearest_type_0 = Amount.from_dict(data)

                return dearest_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Amount | None, data)

        dearest = _parse_dearest(d.pop("dearest"))

        plan_compared = cls(
            plan=plan,
            plan_name=plan_name,
            is_eligible=is_eligible,
            is_offered=is_offered,
            average=average,
            dearest=dearest,
        )

        plan_compared.additional_properties = d
        return plan_compared

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

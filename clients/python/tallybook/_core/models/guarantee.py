from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.amount import Amount
    from ..models.guarantee_month import GuaranteeMonth


T = TypeVar("T", bound="Guarantee")


@_attrs_define
class Guarantee:
    """The promise that a move costs no more, and its months so far, the oldest first.

    Attributes:
        id (str):
        old_plan (str):
        new_plan (str):
        rule (str): `per_month`: every month by itself; `cumulative`: all together.
        months (int): How many months are compared.
        starts_at (str):
        ended_at (None | str):
        end_reason (None | str): `lasted`, `moved_up`, `left` or `replaced`; null while it runs.
        credited (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        compared (list[GuaranteeMonth]):
    """

    id: str
    old_plan: str
    new_plan: str
    rule: str
    months: int
    starts_at: str
    ended_at: None | str
    end_reason: None | str
    credited: Amount
    compared: list[GuaranteeMonth]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        old_plan = self.old_plan

        new_plan = self.new_plan

        rule = self.rule

        months = self.months

        starts_at = self.starts_at

        ended_at: None | str
        ended_at = self.ended_at

        end_reason: None | str
        end_reason = self.end_reason

        credited = self.credited.to_dict()

        compared = []
        for compared_item_data in self.compared:
            compared_item = compared_item_data.to_dict()
            compared.append(compared_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "old_plan": old_plan,
                "new_plan": new_plan,
                "rule": rule,
                "months": months,
                "starts_at": starts_at,
                "ended_at": ended_at,
                "end_reason": end_reason,
                "credited": credited,
                "compared": compared,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount import Amount  # noqa: PLC0415
        from ..models.guarantee_month import GuaranteeMonth  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        old_plan = d.pop("old_plan")

        new_plan = d.pop("new_plan")

        rule = d.pop("rule")

        months = d.pop("months")

        starts_at = d.pop("starts_at")

        def _parse_ended_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        def _parse_end_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        end_reason = _parse_end_reason(d.pop("end_reason"))

        credited = Amount.from_dict(d.pop("credited"))

        compared = []
        _compared = d.pop("compared")
        for compared_item_data in _compared:
            compared_item = GuaranteeMonth.from_dict(compared_item_data)

            compared.append(compared_item)

        guarantee = cls(
            id=id,
            old_plan=old_plan,
            new_plan=new_plan,
            rule=rule,
            months=months,
            starts_at=starts_at,
            ended_at=ended_at,
            end_reason=end_reason,
            credited=credited,
            compared=compared,
        )

        guarantee.additional_properties = d
        return guarantee

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

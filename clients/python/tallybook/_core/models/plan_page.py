from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.plan import Plan
    from ..models.priced_action import PricedAction


T = TypeVar("T", bound="PlanPage")


@_attrs_define
class PlanPage:
    """The plans on sale, in their order, and what credits buy.

    Attributes:
        data (list[Plan]):
        has_more (bool):
        currencies (list[str]):
        actions (list[PricedAction]):
    """

    data: list[Plan]
    has_more: bool
    currencies: list[str]
    actions: list[PricedAction]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        data = []
        for data_item_data in self.data:
            data_item = data_item_data.to_dict()
            data.append(data_item)

        has_more = self.has_more

        currencies = self.currencies

        actions = []
        for actions_item_data in self.actions:
            actions_item = actions_item_data.to_dict()
            actions.append(actions_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "data": data,
                "has_more": has_more,
                "currencies": currencies,
                "actions": actions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.plan import Plan  # noqa: PLC0415
        from ..models.priced_action import PricedAction  # noqa: PLC0415

        d = dict(src_dict)
        data = []
        _data = d.pop("data")
        for data_item_data in _data:
            data_item = Plan.from_dict(data_item_data)

            data.append(data_item)

        has_more = d.pop("has_more")

        currencies = cast(list[str], d.pop("currencies"))

        actions = []
        _actions = d.pop("actions")
        for actions_item_data in _actions:
            actions_item = PricedAction.from_dict(actions_item_data)

            actions.append(actions_item)

        plan_page = cls(
            data=data,
            has_more=has_more,
            currencies=currencies,
            actions=actions,
        )

        plan_page.additional_properties = d
        return plan_page

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

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.plan import Plan
    from ..models.priced_action import PricedAction
    from ..models.pricing_table_card import PricingTableCard


T = TypeVar("T", bound="PricingTable")


@_attrs_define
class PricingTable:
    """Plans in their order, how they are sold, what credits buy, and what staff say of them.

    Attributes:
        key (str):
        name (str):
        audience (str): `organizations` or `individuals`.
        plans (list[Plan]):
        currencies (list[str]):
        intervals (list[str]):
        actions (list[PricedAction]):
        version (int | None): What was published last; null for a bare plan group.
        language (str):
        heading (str):
        description (str):
        cards (list[PricingTableCard]):
    """

    key: str
    name: str
    audience: str
    plans: list[Plan]
    currencies: list[str]
    intervals: list[str]
    actions: list[PricedAction]
    version: int | None
    language: str
    heading: str
    description: str
    cards: list[PricingTableCard]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        key = self.key

        name = self.name

        audience = self.audience

        plans = []
        for plans_item_data in self.plans:
            plans_item = plans_item_data.to_dict()
            plans.append(plans_item)

        currencies = self.currencies

        intervals = self.intervals

        actions = []
        for actions_item_data in self.actions:
            actions_item = actions_item_data.to_dict()
            actions.append(actions_item)

        version: int | None
        version = self.version

        language = self.language

        heading = self.heading

        description = self.description

        cards = []
        for cards_item_data in self.cards:
            cards_item = cards_item_data.to_dict()
            cards.append(cards_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "key": key,
                "name": name,
                "audience": audience,
                "plans": plans,
                "currencies": currencies,
                "intervals": intervals,
                "actions": actions,
                "version": version,
                "language": language,
                "heading": heading,
                "description": description,
                "cards": cards,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.plan import Plan  # noqa: PLC0415
        from ..models.priced_action import PricedAction  # noqa: PLC0415
        from ..models.pricing_table_card import PricingTableCard  # noqa: PLC0415

        d = dict(src_dict)
        key = d.pop("key")

        name = d.pop("name")

        audience = d.pop("audience")

        plans = []
        _plans = d.pop("plans")
        for plans_item_data in _plans:
            plans_item = Plan.from_dict(plans_item_data)

            plans.append(plans_item)

        currencies = cast(list[str], d.pop("currencies"))

        intervals = cast(list[str], d.pop("intervals"))

        actions = []
        _actions = d.pop("actions")
        for actions_item_data in _actions:
            actions_item = PricedAction.from_dict(actions_item_data)

            actions.append(actions_item)

        def _parse_version(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        version = _parse_version(d.pop("version"))

        language = d.pop("language")

        heading = d.pop("heading")

        description = d.pop("description")

        cards = []
        _cards = d.pop("cards")
        for cards_item_data in _cards:
            cards_item = PricingTableCard.from_dict(cards_item_data)

            cards.append(cards_item)

        pricing_table = cls(
            key=key,
            name=name,
            audience=audience,
            plans=plans,
            currencies=currencies,
            intervals=intervals,
            actions=actions,
            version=version,
            language=language,
            heading=heading,
            description=description,
            cards=cards,
        )

        pricing_table.additional_properties = d
        return pricing_table

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

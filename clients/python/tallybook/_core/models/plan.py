from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.plan_feature import PlanFeature
    from ..models.price import Price


T = TypeVar("T", bound="Plan")


@_attrs_define
class Plan:
    """A plan on sale.

    Attributes:
        code (str):
        name (str):
        tagline (str):
        highlight (str):
        is_self_serve (bool):
        included_seats (int | None): Null is unlimited.
        trial_days (int): Free of charge for a new customer; 0 is none.
        trial_needs_card (bool): Whether a trial begins with a payment method.
        prices (list[Price]):
        features (list[PlanFeature]):
        summary (str):
    """

    code: str
    name: str
    tagline: str
    highlight: str
    is_self_serve: bool
    included_seats: int | None
    trial_days: int
    trial_needs_card: bool
    prices: list[Price]
    features: list[PlanFeature]
    summary: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        name = self.name

        tagline = self.tagline

        highlight = self.highlight

        is_self_serve = self.is_self_serve

        included_seats: int | None
        included_seats = self.included_seats

        trial_days = self.trial_days

        trial_needs_card = self.trial_needs_card

        prices = []
        for prices_item_data in self.prices:
            prices_item = prices_item_data.to_dict()
            prices.append(prices_item)

        features = []
        for features_item_data in self.features:
            features_item = features_item_data.to_dict()
            features.append(features_item)

        summary = self.summary

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "name": name,
                "tagline": tagline,
                "highlight": highlight,
                "is_self_serve": is_self_serve,
                "included_seats": included_seats,
                "trial_days": trial_days,
                "trial_needs_card": trial_needs_card,
                "prices": prices,
                "features": features,
                "summary": summary,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.plan_feature import PlanFeature  # noqa: PLC0415
        from ..models.price import Price  # noqa: PLC0415

        d = dict(src_dict)
        code = d.pop("code")

        name = d.pop("name")

        tagline = d.pop("tagline")

        highlight = d.pop("highlight")

        is_self_serve = d.pop("is_self_serve")

        def _parse_included_seats(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        included_seats = _parse_included_seats(d.pop("included_seats"))

        trial_days = d.pop("trial_days")

        trial_needs_card = d.pop("trial_needs_card")

        prices = []
        _prices = d.pop("prices")
        for prices_item_data in _prices:
            prices_item = Price.from_dict(prices_item_data)

            prices.append(prices_item)

        features = []
        _features = d.pop("features")
        for features_item_data in _features:
            features_item = PlanFeature.from_dict(features_item_data)

            features.append(features_item)

        summary = d.pop("summary")

        plan = cls(
            code=code,
            name=name,
            tagline=tagline,
            highlight=highlight,
            is_self_serve=is_self_serve,
            included_seats=included_seats,
            trial_days=trial_days,
            trial_needs_card=trial_needs_card,
            prices=prices,
            features=features,
            summary=summary,
        )

        plan.additional_properties = d
        return plan

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

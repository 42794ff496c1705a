from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.amount import Amount
    from ..models.effect import Effect
    from ..models.preview_line import PreviewLine


T = TypeVar("T", bound="ChangePreview")


@_attrs_define
class ChangePreview:
    """What a change would be. `proration_at` and `due_now` are handed back to make exactly it.

    Attributes:
        plan (str):
        plan_name (str):
        plan_version (int):
        interval (str):
        seats (int):
        is_at_once (bool): Whether it takes effect when made, or when the period ends.
        leaves_legacy_plan (bool): The plan of now is not sold any more: there will be no way back to it.
        effective_at (str):
        lines (list[PreviewLine]):
        tax (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        due_now (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        base_price (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        next_charge_at (str):
        proration_at (str):
        card (None | str): What is charged, as people know it; null: nothing on file.
        lost (list[Effect]):
        gained (list[Effect]):
    """

    plan: str
    plan_name: str
    plan_version: int
    interval: str
    seats: int
    is_at_once: bool
    leaves_legacy_plan: bool
    effective_at: str
    lines: list[PreviewLine]
    tax: Amount
    due_now: Amount
    base_price: Amount
    next_charge_at: str
    proration_at: str
    card: None | str
    lost: list[Effect]
    gained: list[Effect]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        plan = self.plan

        plan_name = self.plan_name

        plan_version = self.plan_version

        interval = self.interval

        seats = self.seats

        is_at_once = self.is_at_once

        leaves_legacy_plan = self.leaves_legacy_plan

        effective_at = self.effective_at

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        tax = self.tax.to_dict()

        due_now = self.due_now.to_dict()

        base_price = self.base_price.to_dict()

        next_charge_at = self.next_charge_at

        proration_at = self.proration_at

        card: None | str
        card = self.card

        lost = []
        for lost_item_data in self.lost:
            lost_item = lost_item_data.to_dict()
            lost.append(lost_item)

        gained = []
        for gained_item_data in self.gained:
            gained_item = gained_item_data.to_dict()
            gained.append(gained_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "plan": plan,
                "plan_name": plan_name,
                "plan_version": plan_version,
                "interval": interval,
                "seats": seats,
                "is_at_once": is_at_once,
                "leaves_legacy_plan": leaves_legacy_plan,
                "effective_at": effective_at,
                "lines": lines,
                "tax": tax,
                "due_now": due_now,
                "base_price": base_price,
                "next_charge_at": next_charge_at,
                "proration_at": proration_at,
                "card": card,
                "lost": lost,
                "gained": gained,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount import Amount  # noqa: PLC0415
        from ..models.effect import Effect  # noqa: PLC0415
        from ..models.preview_line import PreviewLine  # noqa: PLC0415

        d = dict(src_dict)
        plan = d.pop("plan")

        plan_name = d.pop("plan_name")

        plan_version = d.pop("plan_version")

        interval = d.pop("interval")

        seats = d.pop("seats")

        is_at_once = d.pop("is_at_once")

        leaves_legacy_plan = d.pop("leaves_legacy_plan")

        effective_at = d.pop("effective_at")

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = PreviewLine.from_dict(lines_item_data)

            lines.append(lines_item)

        tax = Amount.from_dict(d.pop("tax"))

        due_now = Amount.from_dict(d.pop("due_now"))

        base_price = Amount.from_dict(d.pop("base_price"))

        next_charge_at = d.pop("next_charge_at")

        proration_at = d.pop("proration_at")

        def _parse_card(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        card = _parse_card(d.pop("card"))

        lost = []
        _lost = d.pop("lost")
        for lost_item_data in _lost:
            lost_item = Effect.from_dict(lost_item_data)

            lost.append(lost_item)

        gained = []
        _gained = d.pop("gained")
        for gained_item_data in _gained:
            gained_item = Effect.from_dict(gained_item_data)

            gained.append(gained_item)

        change_preview = cls(
            plan=plan,
            plan_name=plan_name,
            plan_version=plan_version,
            interval=interval,
            seats=seats,
            is_at_once=is_at_once,
            leaves_legacy_plan=leaves_legacy_plan,
            effective_at=effective_at,
            lines=lines,
            tax=tax,
            due_now=due_now,
            base_price=base_price,
            next_charge_at=next_charge_at,
            proration_at=proration_at,
            card=card,
            lost=lost,
            gained=gained,
        )

        change_preview.additional_properties = d
        return change_preview

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

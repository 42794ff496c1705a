from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.amount import Amount


T = TypeVar("T", bound="EmbeddedUsage")


@_attrs_define
class EmbeddedUsage:
    """What was used and is left, as far as a page may know; see `Balance`.

    Attributes:
        feature (str):
        name (str):
        unit (str):
        unit_plural (str):
        unlimited (bool):
        granted (str): A decimal number as text.
        used (str): A decimal number as text.
        remaining (None | str):
        overage (str): A decimal number as text.
        sentence (str):
        resets_at (None | str):
        overage_amount (Amount | None | Unset): Only if the token allows amounts; null: overage is not sold.
    """

    feature: str
    name: str
    unit: str
    unit_plural: str
    unlimited: bool
    granted: str
    used: str
    remaining: None | str
    overage: str
    sentence: str
    resets_at: None | str
    overage_amount: Amount | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.amount import Amount  # noqa: PLC0415

        feature = self.feature

        name = self.name

        unit = self.unit

        unit_plural = self.unit_plural

        unlimited = self.unlimited

        granted = self.granted

        used = self.used

        remaining: None | str
        remaining = self.remaining

        overage = self.overage

        sentence = self.sentence

        resets_at: None | str
        resets_at = self.resets_at

        overage_amount: dict[str, Any] | None | Unset
        if isinstance(self.overage_amount, Unset):
            overage_amount = UNSET
        elif isinstance(self.overage_amount, Amount):
            overage_amount = self.overage_amount.to_dict()
        else:
            overage_amount = self.overage_amount

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "feature": feature,
                "name": name,
                "unit": unit,
                "unit_plural": unit_plural,
                "unlimited": unlimited,
                "granted": granted,
                "used": used,
                "remaining": remaining,
                "overage": overage,
                "sentence": sentence,
                "resets_at": resets_at,
            }
        )
        if overage_amount is not UNSET:
            field_dict["overage_amount"] = overage_amount

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount import Amount  # noqa: PLC0415

        d = dict(src_dict)
        feature = d.pop("feature")

        name = d.pop("name")

        unit = d.pop("unit")

        unit_plural = d.pop("unit_plural")

        unlimited = d.pop("unlimited")

        granted = d.pop("granted")

        used = d.pop("used")

        def _parse_remaining(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        remaining = _parse_remaining(d.pop("remaining"))

        overage = d.pop("overage")

        sentence = d.pop("sentence")

        def _parse_resets_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        resets_at = _parse_resets_at(d.pop("resets_at"))

        def _parse_overage_amount(data: object) -> Amount | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                overage_amount_type_0 = Amount.from_dict(data)

                return overage_amount_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Amount | None | Unset, data)

        overage_amount = _parse_overage_amount(d.pop("overage_amount", UNSET))

        embedded_usage = cls(
            feature=feature,
            name=name,
            unit=unit,
            unit_plural=unit_plural,
            unlimited=unlimited,
            granted=granted,
            used=used,
            remaining=remaining,
            overage=overage,
            sentence=sentence,
            resets_at=resets_at,
            overage_amount=overage_amount,
        )

        embedded_usage.additional_properties = d
        return embedded_usage

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

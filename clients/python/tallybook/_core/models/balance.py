from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.amount import Amount
    from ..models.credit_grant import CreditGrant


T = TypeVar("T", bound="Balance")


@_attrs_define
class Balance:
    """Where the organization stands on one metered feature, in its current period.

    Attributes:
        feature (str):
        name (str):
        unit (str):
        unit_plural (str):
        unlimited (bool):
        allowance (None | str): Included per month; null is unlimited.
        limit (None | str): The most per month; null is none.
        granted (str): What there was to spend in this period: what it took from credits, what is held, and what
            remains.
        remaining (None | str): What credits still hold, for every action; null is unlimited. Credits that may pay for
            some actions only are in the grants, and not in here.
        held (str): What open holds have set aside.
        used (str): What this period has taken.
        overage (str): The part of it that no credits paid.
        overage_unit_price (None | str): In major units; null: overage is not sold, or not at one price for each.
        overage_price (str): What overage costs, in words; empty: it is not sold.
        overage_amount (Amount | None):
        sentence (str):
        period_starts_at (None | str):
        resets_at (None | str):
        rollover (str): What becomes of unused credits, in words.
        grants (list[CreditGrant]): In the order in which they are spent. Empty ones are left out, but for the allowance
            and the rollover of this period.
    """

    feature: str
    name: str
    unit: str
    unit_plural: str
    unlimited: bool
    allowance: None | str
    limit: None | str
    granted: str
    remaining: None | str
    held: str
    used: str
    overage: str
    overage_unit_price: None | str
    overage_price: str
    overage_amount: Amount | None
    sentence: str
    period_starts_at: None | str
    resets_at: None | str
    rollover: str
    grants: list[CreditGrant]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.amount import Amount  # noqa: PLC0415

        feature = self.feature

        name = self.name

        unit = self.unit

        unit_plural = self.unit_plural

        unlimited = self.unlimited

        allowance: None | str
        allowance = self.allowance

        limit: None | str
        limit = self.limit

        granted = self.granted

        remaining: None | str
        remaining = self.remaining

        held = self.held

        used = self.used

        overage = self.overage

        overage_unit_price: None | str
        overage_unit_price = self.overage_unit_price

        overage_price = self.overage_price

        overage_amount: dict[str, Any] | None
        if isinstance(self.overage_amount, Amount):
            overage_amount = self.overage_amount.to_dict()
        else:
            overage_amount = self.overage_amount

        sentence = self.sentence

        period_starts_at: None | str
        period_starts_at = self.period_starts_at

        resets_at: None | str
        resets_at = self.resets_at

        rollover = self.rollover

        grants = []
        for grants_item_data in self.grants:
            grants_item = grants_item_data.to_dict()
            grants.append(grants_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "feature": feature,
                "name": name,
                "unit": unit,
                "unit_plural": unit_plural,
                "unlimited": unlimited,
                "allowance": allowance,
                "limit": limit,
                "granted": granted,
                "remaining": remaining,
                "held": held,
                "used": used,
                "overage": overage,
                "overage_unit_price": overage_unit_price,
                "overage_price": overage_price,
                "overage_amount": overage_amount,
                "sentence": sentence,
                "period_starts_at": period_starts_at,
                "resets_at": resets_at,
                "rollover": rollover,
                "grants": grants,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount import Amount  # noqa: PLC0415
        from ..models.credit_grant import CreditGrant  # noqa: PLC0415

        d = dict(src_dict)
        feature = d.pop("feature")

        name = d.pop("name")

        unit = d.pop("unit")

        unit_plural = d.pop("unit_plural")

        unlimited = d.pop("unlimited")

        def _parse_allowance(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        allowance = _parse_allowance(d.pop("allowance"))

        def _parse_limit(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        limit = _parse_limit(d.pop("limit"))

        granted = d.pop("granted")

        def _parse_remaining(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        remaining = _parse_remaining(d.pop("remaining"))

        held = d.pop("held")

        used = d.pop("used")

        overage = d.pop("overage")

        def _parse_overage_unit_price(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        overage_unit_price = _parse_overage_unit_price(d.pop("overage_unit_price"))

        overage_price = d.pop("overage_price")

        def _parse_overage_amount(data: object) -> Amount | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                overage_amount_type_0 = Amount.from_dict(data)

                return overage_amount_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Amount | None, data)

        overage_amount = _parse_overage_amount(d.pop("overage_amount"))

        sentence = d.pop("sentence")

        def _parse_period_starts_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        period_starts_at = _parse_period_starts_at(d.pop("period_starts_at"))

        def _parse_resets_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        resets_at = _parse_resets_at(d.pop("resets_at"))

        rollover = d.pop("rollover")

        grants = []
        _grants = d.pop("grants")
        for grants_item_data in _grants:
            grants_item = CreditGrant.from_dict(grants_item_data)

            grants.append(grants_item)

        balance = cls(
            feature=feature,
            name=name,
            unit=unit,
            unit_plural=unit_plural,
            unlimited=unlimited,
            allowance=allowance,
            limit=limit,
            granted=granted,
            remaining=remaining,
            held=held,
            used=used,
            overage=overage,
            overage_unit_price=overage_unit_price,
            overage_price=overage_price,
            overage_amount=overage_amount,
            sentence=sentence,
            period_starts_at=period_starts_at,
            resets_at=resets_at,
            rollover=rollover,
            grants=grants,
        )

        balance.additional_properties = d
        return balance

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

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.agreement_order_interval import AgreementOrderInterval
from ..types import UNSET, Unset

T = TypeVar("T", bound="AgreementOrder")


@_attrs_define
class AgreementOrder:
    """What a new agreement shall be.

    Attributes:
        plan (str): The code of a published plan.
        organization (None | str | Unset): Its id or your own id for it. Needed with a platform key.
        interval (AgreementOrderInterval | Unset):  Default: AgreementOrderInterval.MONTH.
        currency (None | str | Unset): The organization's own unless given.
        seats (int | None | Unset): The included ones, or one for each member, unless given.
    """

    plan: str
    organization: None | str | Unset = UNSET
    interval: AgreementOrderInterval | Unset = AgreementOrderInterval.MONTH
    currency: None | str | Unset = UNSET
    seats: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        plan = self.plan

        organization: None | str | Unset
        if isinstance(self.organization, Unset):
            organization = UNSET
        else:
            organization = self.organization

        interval: str | Unset = UNSET
        if not isinstance(self.interval, Unset):
            interval = self.interval.value

        currency: None | str | Unset
        if isinstance(self.currency, Unset):
            currency = UNSET
        else:
            currency = self.currency

        seats: int | None | Unset
        if isinstance(self.seats, Unset):
            seats = UNSET
        else:
            seats = self.seats

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "plan": plan,
            }
        )
        if organization is not UNSET:
            field_dict["organization"] = organization
        if interval is not UNSET:
            field_dict["interval"] = interval
        if currency is not UNSET:
            field_dict["currency"] = currency
        if seats is not UNSET:
            field_dict["seats"] = seats

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        plan = d.pop("plan")

        def _parse_organization(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        organization = _parse_organization(d.pop("organization", UNSET))

        _interval = d.pop("interval", UNSET)
        interval: AgreementOrderInterval | Unset
        if isinstance(_interval, Unset):
            interval = UNSET
        else:
            interval = AgreementOrderInterval(_interval)

        def _parse_currency(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        currency = _parse_currency(d.pop("currency", UNSET))

        def _parse_seats(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        seats = _parse_seats(d.pop("seats", UNSET))

        agreement_order = cls(
            plan=plan,
            organization=organization,
            interval=interval,
            currency=currency,
            seats=seats,
        )

        return agreement_order

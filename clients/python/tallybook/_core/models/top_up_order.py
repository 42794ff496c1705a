from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.top_up_order_pay import TopUpOrderPay
from ..types import UNSET, Unset

T = TypeVar("T", bound="TopUpOrder")


@_attrs_define
class TopUpOrder:
    """Packs to order, and how they are paid.

    Attributes:
        pack (str): The code of a pack on sale.
        organization (None | str | Unset): Its id or your own id for it. Needed with a platform key.
        pay (TopUpOrderPay | Unset): On the payment page, or at once with the card on file. Default: TopUpOrderPay.PAGE.
        success_url (None | str | Unset):
        cancel_url (None | str | Unset):
        count (int | Unset): How many. Default: 1.
    """

    pack: str
    organization: None | str | Unset = UNSET
    pay: TopUpOrderPay | Unset = TopUpOrderPay.PAGE
    success_url: None | str | Unset = UNSET
    cancel_url: None | str | Unset = UNSET
    count: int | Unset = 1

    def to_dict(self) -> dict[str, Any]:
        pack = self.pack

        organization: None | str | Unset
        if isinstance(self.organization, Unset):
            organization = UNSET
        else:
            organization = self.organization

        pay: str | Unset = UNSET
        if not isinstance(self.pay, Unset):
            pay = self.pay.value

        success_url: None | str | Unset
        if isinstance(self.success_url, Unset):
            success_url = UNSET
        else:
            success_url = self.success_url

        cancel_url: None | str | Unset
        if isinstance(self.cancel_url, Unset):
            cancel_url = UNSET
        else:
            cancel_url = self.cancel_url

        count = self.count

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "pack": pack,
            }
        )
        if organization is not UNSET:
            field_dict["organization"] = organization
        if pay is not UNSET:
            field_dict["pay"] = pay
        if success_url is not UNSET:
            field_dict["success_url"] = success_url
        if cancel_url is not UNSET:
            field_dict["cancel_url"] = cancel_url
        if count is not UNSET:
            field_dict["count"] = count

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        pack = d.pop("pack")

        def _parse_organization(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        organization = _parse_organization(d.pop("organization", UNSET))

        _pay = d.pop("pay", UNSET)
        pay: TopUpOrderPay | Unset
        if isinstance(_pay, Unset):
            pay = UNSET
        else:
            pay = TopUpOrderPay(_pay)

        def _parse_success_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        success_url = _parse_success_url(d.pop("success_url", UNSET))

        def _parse_cancel_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        cancel_url = _parse_cancel_url(d.pop("cancel_url", UNSET))

        count = d.pop("count", UNSET)

        top_up_order = cls(
            pack=pack,
            organization=organization,
            pay=pay,
            success_url=success_url,
            cancel_url=cancel_url,
            count=count,
        )

        return top_up_order

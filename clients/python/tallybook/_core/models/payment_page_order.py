from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.payment_page_order_page import PaymentPageOrderPage
from ..types import UNSET, Unset

T = TypeVar("T", bound="PaymentPageOrder")


@_attrs_define
class PaymentPageOrder:
    """What the page opens with, and where people go from it.

    Attributes:
        return_url (str): An https address, or one of this installation's own pages.
        organization (None | str | Unset): Its id or your own id for it. Needed with a platform key.
        page (PaymentPageOrderPage | Unset): `payment_method` asks for another card at once. Default:
            PaymentPageOrderPage.OVERVIEW.
    """

    return_url: str
    organization: None | str | Unset = UNSET
    page: PaymentPageOrderPage | Unset = PaymentPageOrderPage.OVERVIEW

    def to_dict(self) -> dict[str, Any]:
        return_url = self.return_url

        organization: None | str | Unset
        if isinstance(self.organization, Unset):
            organization = UNSET
        else:
            organization = self.organization

        page: str | Unset = UNSET
        if not isinstance(self.page, Unset):
            page = self.page.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "return_url": return_url,
            }
        )
        if organization is not UNSET:
            field_dict["organization"] = organization
        if page is not UNSET:
            field_dict["page"] = page

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        return_url = d.pop("return_url")

        def _parse_organization(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        organization = _parse_organization(d.pop("organization", UNSET))

        _page = d.pop("page", UNSET)
        page: PaymentPageOrderPage | Unset
        if isinstance(_page, Unset):
            page = UNSET
        else:
            page = PaymentPageOrderPage(_page)

        payment_page_order = cls(
            return_url=return_url,
            organization=organization,
            page=page,
        )

        return payment_page_order

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.portal_url_order_sub_nav_type_3 import PortalUrlOrderSubNavType3
from ..types import UNSET, Unset

T = TypeVar("T", bound="PortalUrlOrder")


@_attrs_define
class PortalUrlOrder:
    """Whom to let in, where to, and where they came from.

    Attributes:
        user_id (str): The person's `sub`, their e-mail address or the id of their membership.
        organization_code (str):
        sub_nav (None | PortalUrlOrderSubNavType3 | str | Unset):
        return_url (None | str | Unset):
    """

    user_id: str
    organization_code: str
    sub_nav: None | PortalUrlOrderSubNavType3 | str | Unset = UNSET
    return_url: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        user_id = self.user_id

        organization_code = self.organization_code

        sub_nav: None | str | Unset
        if isinstance(self.sub_nav, Unset):
            sub_nav = UNSET
        elif isinstance(self.sub_nav, PortalUrlOrderSubNavType3):
            sub_nav = self.sub_nav.value
        else:
            sub_nav = self.sub_nav

        return_url: None | str | Unset
        if isinstance(self.return_url, Unset):
            return_url = UNSET
        else:
            return_url = self.return_url

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "user_id": user_id,
                "organization_code": organization_code,
            }
        )
        if sub_nav is not UNSET:
            field_dict["sub_nav"] = sub_nav
        if return_url is not UNSET:
            field_dict["return_url"] = return_url

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        user_id = d.pop("user_id")

        organization_code = d.pop("organization_code")

        def _parse_sub_nav(
            data: object,
        ) -> None | PortalUrlOrderSubNavType3 | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                sub_nav_type_3 = PortalUrlOrderSubNavType3(data)

                return sub_nav_type_3
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PortalUrlOrderSubNavType3 | str | Unset, data)

        sub_nav = _parse_sub_nav(d.pop("sub_nav", UNSET))

        def _parse_return_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        return_url = _parse_return_url(d.pop("return_url", UNSET))

        portal_url_order = cls(
            user_id=user_id,
            organization_code=organization_code,
            sub_nav=sub_nav,
            return_url=return_url,
        )

        return portal_url_order

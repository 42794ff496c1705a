from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.portal_link_order_subnav import PortalLinkOrderSubnav
from ..types import UNSET, Unset

T = TypeVar("T", bound="PortalLinkOrder")


@_attrs_define
class PortalLinkOrder:
    """Whom to let in, where to, and where they came from.

    Attributes:
        member (str): The person's e-mail address, the id of their membership, or their `sub`.
        organization (None | str | Unset): Its id or your own id for it. Needed with a platform key.
        subnav (PortalLinkOrderSubnav | Unset): The page that it opens: a name of ours, or one of Kinde's. Default:
            PortalLinkOrderSubnav.OVERVIEW.
        return_url (None | str | Unset): Where `Back to ...` leads, at an origin of `PORTAL_RETURN_URLS`.
        expires_in_seconds (int | Unset):  Default: 600.
    """

    member: str
    organization: None | str | Unset = UNSET
    subnav: PortalLinkOrderSubnav | Unset = PortalLinkOrderSubnav.OVERVIEW
    return_url: None | str | Unset = UNSET
    expires_in_seconds: int | Unset = 600

    def to_dict(self) -> dict[str, Any]:
        member = self.member

        organization: None | str | Unset
        if isinstance(self.organization, Unset):
            organization = UNSET
        else:
            organization = self.organization

        subnav: str | Unset = UNSET
        if not isinstance(self.subnav, Unset):
            subnav = self.subnav.value

        return_url: None | str | Unset
        if isinstance(self.return_url, Unset):
            return_url = UNSET
        else:
            return_url = self.return_url

        expires_in_seconds = self.expires_in_seconds

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "member": member,
            }
        )
        if organization is not UNSET:
            field_dict["organization"] = organization
        if subnav is not UNSET:
            field_dict["subnav"] = subnav
        if return_url is not UNSET:
            field_dict["return_url"] = return_url
        if expires_in_seconds is not UNSET:
            field_dict["expires_in_seconds"] = expires_in_seconds

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        member = d.pop("member")

        def _parse_organization(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        organization = _parse_organization(d.pop("organization", UNSET))

        _subnav = d.pop("subnav", UNSET)
        subnav: PortalLinkOrderSubnav | Unset
        if isinstance(_subnav, Unset):
            subnav = UNSET
        else:
            subnav = PortalLinkOrderSubnav(_subnav)

        def _parse_return_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        return_url = _parse_return_url(d.pop("return_url", UNSET))

        expires_in_seconds = d.pop("expires_in_seconds", UNSET)

        portal_link_order = cls(
            member=member,
            organization=organization,
            subnav=subnav,
            return_url=return_url,
            expires_in_seconds=expires_in_seconds,
        )

        return portal_link_order

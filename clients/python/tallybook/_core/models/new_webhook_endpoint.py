from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.new_webhook_endpoint_format import NewWebhookEndpointFormat
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewWebhookEndpoint")


@_attrs_define
class NewWebhookEndpoint:
    """Whom to tell, and of what.

    Attributes:
        url (str): An https address that the whole internet can reach.
        organization (None | str | Unset): Its id or your own id for it. Left out by a platform key: the installation.
        description (str | Unset):  Default: ''.
        event_types (list[str] | Unset): See `GET webhook-event-types`; empty: all that are not on request.
        format_ (NewWebhookEndpointFormat | Unset): `standard`: signed JSON. `kinde`: a signed token in Kinde's words.
            Default: NewWebhookEndpointFormat.STANDARD.
    """

    url: str
    organization: None | str | Unset = UNSET
    description: str | Unset = ""
    event_types: list[str] | Unset = UNSET
    format_: NewWebhookEndpointFormat | Unset = NewWebhookEndpointFormat.STANDARD

    def to_dict(self) -> dict[str, Any]:
        url = self.url

        organization: None | str | Unset
        if isinstance(self.organization, Unset):
            organization = UNSET
        else:
            organization = self.organization

        description = self.description

        event_types: list[str] | Unset = UNSET
        if not isinstance(self.event_types, Unset):
            event_types = self.event_types

        format_: str | Unset = UNSET
        if not isinstance(self.format_, Unset):
            format_ = self.format_.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "url": url,
            }
        )
        if organization is not UNSET:
            field_dict["organization"] = organization
        if description is not UNSET:
            field_dict["description"] = description
        if event_types is not UNSET:
            field_dict["event_types"] = event_types
        if format_ is not UNSET:
            field_dict["format"] = format_

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        url = d.pop("url")

        def _parse_organization(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        organization = _parse_organization(d.pop("organization", UNSET))

        description = d.pop("description", UNSET)

        event_types = cast(list[str], d.pop("event_types", UNSET))

        _format_ = d.pop("format", UNSET)
        format_: NewWebhookEndpointFormat | Unset
        if isinstance(_format_, Unset):
            format_ = UNSET
        else:
            format_ = NewWebhookEndpointFormat(_format_)

        new_webhook_endpoint = cls(
            url=url,
            organization=organization,
            description=description,
            event_types=event_types,
            format_=format_,
        )

        return new_webhook_endpoint

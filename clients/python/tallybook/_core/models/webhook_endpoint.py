from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.webhook_health import WebhookHealth


T = TypeVar("T", bound="WebhookEndpoint")


@_attrs_define
class WebhookEndpoint:
    """An address that is told of events.

    Attributes:
        id (str):
        organization (None | str): Null: the installation's, told of every organization.
        url (str):
        description (str):
        event_types (list[str]): Empty: all that are not on request.
        format_ (str): `standard` or `kinde`.
        status (str): `enabled` or `disabled`.
        disabled_at (None | str):
        disabled_reason (None | str): `by_hand`, `failing` (for three days) or `gone` (410).
        former_secret_until (None | str): Until then the secret before this one signs as well.
        created_at (str):
        health (WebhookHealth): How an endpoint is doing. The counts of what is finished are of the last 24 hours.
    """

    id: str
    organization: None | str
    url: str
    description: str
    event_types: list[str]
    format_: str
    status: str
    disabled_at: None | str
    disabled_reason: None | str
    former_secret_until: None | str
    created_at: str
    health: WebhookHealth
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        organization: None | str
        organization = self.organization

        url = self.url

        description = self.description

        event_types = self.event_types

        format_ = self.format_

        status = self.status

        disabled_at: None | str
        disabled_at = self.disabled_at

        disabled_reason: None | str
        disabled_reason = self.disabled_reason

        former_secret_until: None | str
        former_secret_until = self.former_secret_until

        created_at = self.created_at

        health = self.health.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "organization": organization,
                "url": url,
                "description": description,
                "event_types": event_types,
                "format": format_,
                "status": status,
                "disabled_at": disabled_at,
                "disabled_reason": disabled_reason,
                "former_secret_until": former_secret_until,
                "created_at": created_at,
                "health": health,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.webhook_health import WebhookHealth  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        def _parse_organization(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        organization = _parse_organization(d.pop("organization"))

        url = d.pop("url")

        description = d.pop("description")

        event_types = cast(list[str], d.pop("event_types"))

        format_ = d.pop("format")

        status = d.pop("status")

        def _parse_disabled_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        disabled_at = _parse_disabled_at(d.pop("disabled_at"))

        def _parse_disabled_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        disabled_reason = _parse_disabled_reason(d.pop("disabled_reason"))

        def _parse_former_secret_until(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        former_secret_until = _parse_former_secret_until(d.pop("former_secret_until"))

        created_at = d.pop("created_at")

        health = WebhookHealth.from_dict(d.pop("health"))

        webhook_endpoint = cls(
            id=id,
            organization=organization,
            url=url,
            description=description,
            event_types=event_types,
            format_=format_,
            status=status,
            disabled_at=disabled_at,
            disabled_reason=disabled_reason,
            former_secret_until=former_secret_until,
            created_at=created_at,
            health=health,
        )

        webhook_endpoint.additional_properties = d
        return webhook_endpoint

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

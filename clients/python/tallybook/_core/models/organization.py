from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Organization")


@_attrs_define
class Organization:
    """A customer.

    Attributes:
        id (str):
        name (str):
        external_id (None | str):
        currency (str):
        time_zone (str):
        language (str):
        billing_email (str):
        created_at (str):
        closed_at (None | str):
    """

    id: str
    name: str
    external_id: None | str
    currency: str
    time_zone: str
    language: str
    billing_email: str
    created_at: str
    closed_at: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        external_id: None | str
        external_id = self.external_id

        currency = self.currency

        time_zone = self.time_zone

        language = self.language

        billing_email = self.billing_email

        created_at = self.created_at

        closed_at: None | str
        closed_at = self.closed_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "external_id": external_id,
                "currency": currency,
                "time_zone": time_zone,
                "language": language,
                "billing_email": billing_email,
                "created_at": created_at,
                "closed_at": closed_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        def _parse_external_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        external_id = _parse_external_id(d.pop("external_id"))

        currency = d.pop("currency")

        time_zone = d.pop("time_zone")

        language = d.pop("language")

        billing_email = d.pop("billing_email")

        created_at = d.pop("created_at")

        def _parse_closed_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        closed_at = _parse_closed_at(d.pop("closed_at"))

        organization = cls(
            id=id,
            name=name,
            external_id=external_id,
            currency=currency,
            time_zone=time_zone,
            language=language,
            billing_email=billing_email,
            created_at=created_at,
            closed_at=closed_at,
        )

        organization.additional_properties = d
        return organization

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

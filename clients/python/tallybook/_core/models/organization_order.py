from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="OrganizationOrder")


@_attrs_define
class OrganizationOrder:
    """A customer to create. With an `external_id` a repeated request creates once.

    Attributes:
        name (str):
        external_id (None | str | Unset): Your own id for it, which it keeps.
        currency (None | str | Unset): ISO 4217; stays for good. The installation's own unless given.
        time_zone (str | Unset): A name of the tz database. Default: 'UTC'.
        billing_email (str | Unset): Where invoices go; empty is nowhere. Default: ''.
    """

    name: str
    external_id: None | str | Unset = UNSET
    currency: None | str | Unset = UNSET
    time_zone: str | Unset = "UTC"
    billing_email: str | Unset = ""

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        external_id: None | str | Unset
        if isinstance(self.external_id, Unset):
            external_id = UNSET
        else:
            external_id = self.external_id

        currency: None | str | Unset
        if isinstance(self.currency, Unset):
            currency = UNSET
        else:
            currency = self.currency

        time_zone = self.time_zone

        billing_email = self.billing_email

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
            }
        )
        if external_id is not UNSET:
            field_dict["external_id"] = external_id
        if currency is not UNSET:
            field_dict["currency"] = currency
        if time_zone is not UNSET:
            field_dict["time_zone"] = time_zone
        if billing_email is not UNSET:
            field_dict["billing_email"] = billing_email

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        def _parse_external_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        external_id = _parse_external_id(d.pop("external_id", UNSET))

        def _parse_currency(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        currency = _parse_currency(d.pop("currency", UNSET))

        time_zone = d.pop("time_zone", UNSET)

        billing_email = d.pop("billing_email", UNSET)

        organization_order = cls(
            name=name,
            external_id=external_id,
            currency=currency,
            time_zone=time_zone,
            billing_email=billing_email,
        )

        return organization_order

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.billing_of_organization import BillingOfOrganization


T = TypeVar("T", bound="KindeOrganization")


@_attrs_define
class KindeOrganization:
    """An organization. What Kinde says of its colours and its sign-in page is not known here.

    Attributes:
        code (str):
        name (str):
        external_id (None | str):
        created_on (str):
        handle (None | str | Unset):
        is_default (bool | Unset):  Default: False.
        is_auto_membership_enabled (bool | Unset):  Default: False.
        is_suspended (bool | Unset):  Default: False.
        suspended_on (None | str | Unset):
        billing (BillingOfOrganization | Unset): An organization as a billing customer.
    """

    code: str
    name: str
    external_id: None | str
    created_on: str
    handle: None | str | Unset = UNSET
    is_default: bool | Unset = False
    is_auto_membership_enabled: bool | Unset = False
    is_suspended: bool | Unset = False
    suspended_on: None | str | Unset = UNSET
    billing: BillingOfOrganization | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        name = self.name

        external_id: None | str
        external_id = self.external_id

        created_on = self.created_on

        handle: None | str | Unset
        if isinstance(self.handle, Unset):
            handle = UNSET
        else:
            handle = self.handle

        is_default = self.is_default

        is_auto_membership_enabled = self.is_auto_membership_enabled

        is_suspended = self.is_suspended

        suspended_on: None | str | Unset
        if isinstance(self.suspended_on, Unset):
            suspended_on = UNSET
        else:
            suspended_on = self.suspended_on

        billing: dict[str, Any] | Unset = UNSET
        if not isinstance(self.billing, Unset):
            billing = self.billing.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "name": name,
                "external_id": external_id,
                "created_on": created_on,
            }
        )
        if handle is not UNSET:
            field_dict["handle"] = handle
        if is_default is not UNSET:
            field_dict["is_default"] = is_default
        if is_auto_membership_enabled is not UNSET:
            field_dict["is_auto_membership_enabled"] = is_auto_membership_enabled
        if is_suspended is not UNSET:
            field_dict["is_suspended"] = is_suspended
        if suspended_on is not UNSET:
            field_dict["suspended_on"] = suspended_on
        if billing is not UNSET:
            field_dict["billing"] = billing

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.billing_of_organization import BillingOfOrganization  # noqa: PLC0415

        d = dict(src_dict)
        code = d.pop("code")

        name = d.pop("name")

        def _parse_external_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        external_id = _parse_external_id(d.pop("external_id"))

        created_on = d.pop("created_on")

        def _parse_handle(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        handle = _parse_handle(d.pop("handle", UNSET))

        is_default = d.pop("is_default", UNSET)

        is_auto_membership_enabled = d.pop("is_auto_membership_enabled", UNSET)

        is_suspended = d.pop("is_suspended", UNSET)

        def _parse_suspended_on(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        suspended_on = _parse_suspended_on(d.pop("suspended_on", UNSET))

        _billing = d.pop("billing", UNSET)
        billing: BillingOfOrganization | Unset
        if isinstance(_billing, Unset):
            billing = UNSET
        else:
            billing = BillingOfOrganization.from_dict(_billing)

        kinde_organization = cls(
            code=code,
            name=name,
            external_id=external_id,
            created_on=created_on,
            handle=handle,
            is_default=is_default,
            is_auto_membership_enabled=is_auto_membership_enabled,
            is_suspended=is_suspended,
            suspended_on=suspended_on,
            billing=billing,
        )

        kinde_organization.additional_properties = d
        return kinde_organization

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

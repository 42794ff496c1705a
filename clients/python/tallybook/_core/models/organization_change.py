from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="OrganizationChange")


@_attrs_define
class OrganizationChange:
    """What is to be different. Currency and external id stay.

    Attributes:
        name (str | Unset):
        time_zone (str | Unset): A name of the tz database.
        language (str | Unset): Of those of its people who chose none themselves; empty is none.
        billing_email (str | Unset): Where invoices go; empty is nowhere.
    """

    name: str | Unset = UNSET
    time_zone: str | Unset = UNSET
    language: str | Unset = UNSET
    billing_email: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        time_zone = self.time_zone

        language = self.language

        billing_email = self.billing_email

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if time_zone is not UNSET:
            field_dict["time_zone"] = time_zone
        if language is not UNSET:
            field_dict["language"] = language
        if billing_email is not UNSET:
            field_dict["billing_email"] = billing_email

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name", UNSET)

        time_zone = d.pop("time_zone", UNSET)

        language = d.pop("language", UNSET)

        billing_email = d.pop("billing_email", UNSET)

        organization_change = cls(
            name=name,
            time_zone=time_zone,
            language=language,
            billing_email=billing_email,
        )

        return organization_change

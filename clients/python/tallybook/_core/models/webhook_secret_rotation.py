from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="WebhookSecretRotation")


@_attrs_define
class WebhookSecretRotation:
    """How long the present secret signs beside the new one.

    Attributes:
        organization (None | str | Unset): Its id or your own id for it. Left out by a platform key: the installation.
        overlap_seconds (int | Unset): A day unless given. Default: 86400.
    """

    organization: None | str | Unset = UNSET
    overlap_seconds: int | Unset = 86400

    def to_dict(self) -> dict[str, Any]:
        organization: None | str | Unset
        if isinstance(self.organization, Unset):
            organization = UNSET
        else:
            organization = self.organization

        overlap_seconds = self.overlap_seconds

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if organization is not UNSET:
            field_dict["organization"] = organization
        if overlap_seconds is not UNSET:
            field_dict["overlap_seconds"] = overlap_seconds

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_organization(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        organization = _parse_organization(d.pop("organization", UNSET))

        overlap_seconds = d.pop("overlap_seconds", UNSET)

        webhook_secret_rotation = cls(
            organization=organization,
            overlap_seconds=overlap_seconds,
        )

        return webhook_secret_rotation

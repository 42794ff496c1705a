from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.invitation_order_role import InvitationOrderRole
from ..types import UNSET, Unset

T = TypeVar("T", bound="InvitationOrder")


@_attrs_define
class InvitationOrder:
    """Whom to invite.

    Attributes:
        email (str):
        role (InvitationOrderRole):
        organization (None | str | Unset): Its id or your own id for it. Needed with a platform key.
    """

    email: str
    role: InvitationOrderRole
    organization: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        email = self.email

        role = self.role.value

        organization: None | str | Unset
        if isinstance(self.organization, Unset):
            organization = UNSET
        else:
            organization = self.organization

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "email": email,
                "role": role,
            }
        )
        if organization is not UNSET:
            field_dict["organization"] = organization

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        email = d.pop("email")

        role = InvitationOrderRole(d.pop("role"))

        def _parse_organization(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        organization = _parse_organization(d.pop("organization", UNSET))

        invitation_order = cls(
            email=email,
            role=role,
            organization=organization,
        )

        return invitation_order

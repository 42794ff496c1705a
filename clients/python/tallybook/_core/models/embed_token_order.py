from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="EmbedTokenOrder")


@_attrs_define
class EmbedTokenOrder:
    """What a page may read, and where the page is.

    Attributes:
        allow (list[str]): `estimates`: what actions take. `usage`: what was used and is left. `amounts`, beside these:
            what overage costs, for people who may see the bill.
        organization (None | str | Unset): Its id or your own id for it. Needed with a platform key.
        origins (list[str] | None | Unset): The origins whose pages may show the token, as browsers write them; any
            unless given.
    """

    allow: list[str]
    organization: None | str | Unset = UNSET
    origins: list[str] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        allow = self.allow

        organization: None | str | Unset
        if isinstance(self.organization, Unset):
            organization = UNSET
        else:
            organization = self.organization

        origins: list[str] | None | Unset
        if isinstance(self.origins, Unset):
            origins = UNSET
        elif isinstance(self.origins, list):
            origins = self.origins

        else:
            origins = self.origins

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "allow": allow,
            }
        )
        if organization is not UNSET:
            field_dict["organization"] = organization
        if origins is not UNSET:
            field_dict["origins"] = origins

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        allow = cast(list[str], d.pop("allow"))

        def _parse_organization(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        organization = _parse_organization(d.pop("organization", UNSET))

        def _parse_origins(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                origins_type_0 = cast(list[str], data)

                return origins_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        origins = _parse_origins(d.pop("origins", UNSET))

        embed_token_order = cls(
            allow=allow,
            organization=organization,
            origins=origins,
        )

        return embed_token_order

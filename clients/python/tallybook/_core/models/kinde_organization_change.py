from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="KindeOrganizationChange")


@_attrs_define
class KindeOrganizationChange:
    """What shall be different. Whatever is left out stays as it is.

    Attributes:
        background_color (None | str | Unset):
        button_color (None | str | Unset):
        button_text_color (None | str | Unset):
        link_color (None | str | Unset):
        background_color_dark (None | str | Unset):
        button_color_dark (None | str | Unset):
        button_text_color_dark (None | str | Unset):
        link_color_dark (None | str | Unset):
        theme_code (None | str | Unset):
        handle (None | str | Unset):
        is_allow_registrations (bool | None | Unset):
        is_auto_membership_enabled (bool | None | Unset):
        sender_name (None | str | Unset):
        sender_email (None | str | Unset):
        name (None | str | Unset):
        external_id (None | str | Unset):
        is_auto_join_domain_list (bool | None | Unset):
        allowed_domains (list[str] | None | Unset):
        is_enable_advanced_orgs (bool | None | Unset):
        is_enforce_mfa (bool | None | Unset):
        is_suspended (bool | None | Unset):
    """

    background_color: None | str | Unset = UNSET
    button_color: None | str | Unset = UNSET
    button_text_color: None | str | Unset = UNSET
    link_color: None | str | Unset = UNSET
    background_color_dark: None | str | Unset = UNSET
    button_color_dark: None | str | Unset = UNSET
    button_text_color_dark: None | str | Unset = UNSET
    link_color_dark: None | str | Unset = UNSET
    theme_code: None | str | Unset = UNSET
    handle: None | str | Unset = UNSET
    is_allow_registrations: bool | None | Unset = UNSET
    is_auto_membership_enabled: bool | None | Unset = UNSET
    sender_name: None | str | Unset = UNSET
    sender_email: None | str | Unset = UNSET
    name: None | str | Unset = UNSET
    external_id: None | str | Unset = UNSET
    is_auto_join_domain_list: bool | None | Unset = UNSET
    allowed_domains: list[str] | None | Unset = UNSET
    is_enable_advanced_orgs: bool | None | Unset = UNSET
    is_enforce_mfa: bool | None | Unset = UNSET
    is_suspended: bool | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        background_color: None | str | Unset
        if isinstance(self.background_color, Unset):
            background_color = UNSET
        else:
            background_color = self.background_color

        button_color: None | str | Unset
        if isinstance(self.button_color, Unset):
            button_color = UNSET
        else:
            button_color = self.button_color

        button_text_color: None | str | Unset
        if isinstance(self.button_text_color, Unset):
            button_text_color = UNSET
        else:
            button_text_color = self.button_text_color

        link_color: None | str | Unset
        if isinstance(self.link_color, Unset):
            link_color = UNSET
        else:
            link_color = self.link_color

        background_color_dark: None | str | Unset
        if isinstance(self.background_color_dark, Unset):
            background_color_dark = UNSET
        else:
            background_color_dark = self.background_color_dark

        button_color_dark: None | str | Unset
        if isinstance(self.button_color_dark, Unset):
            button_color_dark = UNSET
        else:
            button_color_dark = self.button_color_dark

        button_text_color_dark: None | str | Unset
        if isinstance(self.button_text_color_dark, Unset):
            button_text_color_dark = UNSET
        else:
            button_text_color_dark = self.button_text_color_dark

        link_color_dark: None | str | Unset
        if isinstance(self.link_color_dark, Unset):
            link_color_dark = UNSET
        else:
            link_color_dark = self.link_color_dark

        theme_code: None | str | Unset
        if isinstance(self.theme_code, Unset):
            theme_code = UNSET
        else:
            theme_code = self.theme_code

        handle: None | str | Unset
        if isinstance(self.handle, Unset):
            handle = UNSET
        else:
            handle = self.handle

        is_allow_registrations: bool | None | Unset
        if isinstance(self.is_allow_registrations, Unset):
            is_allow_registrations = UNSET
        else:
            is_allow_registrations = self.is_allow_registrations

        is_auto_membership_enabled: bool | None | Unset
        if isinstance(self.is_auto_membership_enabled, Unset):
            is_auto_membership_enabled = UNSET
        else:
            is_auto_membership_enabled = self.is_auto_membership_enabled

        sender_name: None | str | Unset
        if isinstance(self.sender_name, Unset):
            sender_name = UNSET
        else:
            sender_name = self.sender_name

        sender_email: None | str | Unset
        if isinstance(self.sender_email, Unset):
            sender_email = UNSET
        else:
            sender_email = self.sender_email

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        external_id: None | str | Unset
        if isinstance(self.external_id, Unset):
            external_id = UNSET
        else:
            external_id = self.external_id

        is_auto_join_domain_list: bool | None | Unset
        if isinstance(self.is_auto_join_domain_list, Unset):
            is_auto_join_domain_list = UNSET
        else:
            is_auto_join_domain_list = self.is_auto_join_domain_list

        allowed_domains: list[str] | None | Unset
        if isinstance(self.allowed_domains, Unset):
            allowed_domains = UNSET
        elif isinstance(self.allowed_domains, list):
            allowed_domains = self.allowed_domains

        else:
            allowed_domains = self.allowed_domains

        is_enable_advanced_orgs: bool | None | Unset
        if isinstance(self.is_enable_advanced_orgs, Unset):
            is_enable_advanced_orgs = UNSET
        else:
            is_enable_advanced_orgs = self.is_enable_advanced_orgs

        is_enforce_mfa: bool | None | Unset
        if isinstance(self.is_enforce_mfa, Unset):
            is_enforce_mfa = UNSET
        else:
            is_enforce_mfa = self.is_enforce_mfa

        is_suspended: bool | None | Unset
        if isinstance(self.is_suspended, Unset):
            is_suspended = UNSET
        else:
            is_suspended = self.is_suspended

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if background_color is not UNSET:
            field_dict["background_color"] = background_color
        if button_color is not UNSET:
            field_dict["button_color"] = button_color
        if button_text_color is not UNSET:
            field_dict["button_text_color"] = button_text_color
        if link_color is not UNSET:
            field_dict["link_color"] = link_color
        if background_color_dark is not UNSET:
            field_dict["background_color_dark"] = background_color_dark
        if button_color_dark is not UNSET:
            field_dict["button_color_dark"] = button_color_dark
        if button_text_color_dark is not UNSET:
            field_dict["button_text_color_dark"] = button_text_color_dark
        if link_color_dark is not UNSET:
            field_dict["link_color_dark"] = link_color_dark
        if theme_code is not UNSET:
            field_dict["theme_code"] = theme_code
        if handle is not UNSET:
            field_dict["handle"] = handle
        if is_allow_registrations is not UNSET:
            field_dict["is_allow_registrations"] = is_allow_registrations
        if is_auto_membership_enabled is not UNSET:
            field_dict["is_auto_membership_enabled"] = is_auto_membership_enabled
        if sender_name is not UNSET:
            field_dict["sender_name"] = sender_name
        if sender_email is not UNSET:
            field_dict["sender_email"] = sender_email
        if name is not UNSET:
            field_dict["name"] = name
        if external_id is not UNSET:
            field_dict["external_id"] = external_id
        if is_auto_join_domain_list is not UNSET:
            field_dict["is_auto_join_domain_list"] = is_auto_join_domain_list
        if allowed_domains is not UNSET:
            field_dict["allowed_domains"] = allowed_domains
        if is_enable_advanced_orgs is not UNSET:
            field_dict["is_enable_advanced_orgs"] = is_enable_advanced_orgs
        if is_enforce_mfa is not UNSET:
            field_dict["is_enforce_mfa"] = is_enforce_mfa
        if is_suspended is not UNSET:
            field_dict["is_suspended"] = is_suspended

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_background_color(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        background_color = _parse_background_color(d.pop("background_color", UNSET))

        def _parse_button_color(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        button_color = _parse_button_color(d.pop("button_color", UNSET))

        def _parse_button_text_color(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        button_text_color = _parse_button_text_color(d.pop("button_text_color", UNSET))

        def _parse_link_color(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        link_color = _parse_link_color(d.pop("link_color", UNSET))

        def _parse_background_color_dark(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        background_color_dark = _parse_background_color_dark(
            d.pop("background_color_dark", UNSET)
        )

        def _parse_button_color_dark(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        button_color_dark = _parse_button_color_dark(d.pop("button_color_dark", UNSET))

        def _parse_button_text_color_dark(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        button_text_color_dark = _parse_button_text_color_dark(
            d.pop("button_text_color_dark", UNSET)
        )

        def _parse_link_color_dark(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        link_color_dark = _parse_link_color_dark(d.pop("link_color_dark", UNSET))

        def _parse_theme_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        theme_code = _parse_theme_code(d.pop("theme_code", UNSET))

        def _parse_handle(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        handle = _parse_handle(d.pop("handle", UNSET))

        def _parse_is_allow_registrations(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_allow_registrations = _parse_is_allow_registrations(
            d.pop("is_allow_registrations", UNSET)
        )

        def _parse_is_auto_membership_enabled(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_auto_membership_enabled = _parse_is_auto_membership_enabled(
            d.pop("is_auto_membership_enabled", UNSET)
        )

        def _parse_sender_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sender_name = _parse_sender_name(d.pop("sender_name", UNSET))

        def _parse_sender_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sender_email = _parse_sender_email(d.pop("sender_email", UNSET))

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_external_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        external_id = _parse_external_id(d.pop("external_id", UNSET))

        def _parse_is_auto_join_domain_list(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_auto_join_domain_list = _parse_is_auto_join_domain_list(
            d.pop("is_auto_join_domain_list", UNSET)
        )

        def _parse_allowed_domains(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                allowed_domains_type_0 = cast(list[str], data)

                return allowed_domains_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        allowed_domains = _parse_allowed_domains(d.pop("allowed_domains", UNSET))

        def _parse_is_enable_advanced_orgs(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_enable_advanced_orgs = _parse_is_enable_advanced_orgs(
            d.pop("is_enable_advanced_orgs", UNSET)
        )

        def _parse_is_enforce_mfa(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_enforce_mfa = _parse_is_enforce_mfa(d.pop("is_enforce_mfa", UNSET))

        def _parse_is_suspended(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_suspended = _parse_is_suspended(d.pop("is_suspended", UNSET))

        kinde_organization_change = cls(
            background_color=background_color,
            button_color=button_color,
            button_text_color=button_text_color,
            link_color=link_color,
            background_color_dark=background_color_dark,
            button_color_dark=button_color_dark,
            button_text_color_dark=button_text_color_dark,
            link_color_dark=link_color_dark,
            theme_code=theme_code,
            handle=handle,
            is_allow_registrations=is_allow_registrations,
            is_auto_membership_enabled=is_auto_membership_enabled,
            sender_name=sender_name,
            sender_email=sender_email,
            name=name,
            external_id=external_id,
            is_auto_join_domain_list=is_auto_join_domain_list,
            allowed_domains=allowed_domains,
            is_enable_advanced_orgs=is_enable_advanced_orgs,
            is_enforce_mfa=is_enforce_mfa,
            is_suspended=is_suspended,
        )

        return kinde_organization_change

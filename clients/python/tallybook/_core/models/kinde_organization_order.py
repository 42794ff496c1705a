from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="KindeOrganizationOrder")


@_attrs_define
class KindeOrganizationOrder:
    """A new organization.

    Attributes:
        name (str):
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
        external_id (None | str | Unset):
        is_create_billing_customer (bool | None | Unset): Every organization is a billing customer.
        billing_email (None | str | Unset):
        billing_plan_code (None | str | Unset): The plan that it begins with; none unless given.
    """

    name: str
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
    external_id: None | str | Unset = UNSET
    is_create_billing_customer: bool | None | Unset = UNSET
    billing_email: None | str | Unset = UNSET
    billing_plan_code: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

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

        external_id: None | str | Unset
        if isinstance(self.external_id, Unset):
            external_id = UNSET
        else:
            external_id = self.external_id

        is_create_billing_customer: bool | None | Unset
        if isinstance(self.is_create_billing_customer, Unset):
            is_create_billing_customer = UNSET
        else:
            is_create_billing_customer = self.is_create_billing_customer

        billing_email: None | str | Unset
        if isinstance(self.billing_email, Unset):
            billing_email = UNSET
        else:
            billing_email = self.billing_email

        billing_plan_code: None | str | Unset
        if isinstance(self.billing_plan_code, Unset):
            billing_plan_code = UNSET
        else:
            billing_plan_code = self.billing_plan_code

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
            }
        )
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
        if external_id is not UNSET:
            field_dict["external_id"] = external_id
        if is_create_billing_customer is not UNSET:
            field_dict["is_create_billing_customer"] = is_create_billing_customer
        if billing_email is not UNSET:
            field_dict["billing_email"] = billing_email
        if billing_plan_code is not UNSET:
            field_dict["billing_plan_code"] = billing_plan_code

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

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

        def _parse_external_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        external_id = _parse_external_id(d.pop("external_id", UNSET))

        def _parse_is_create_billing_customer(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_create_billing_customer = _parse_is_create_billing_customer(
            d.pop("is_create_billing_customer", UNSET)
        )

        def _parse_billing_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        billing_email = _parse_billing_email(d.pop("billing_email", UNSET))

        def _parse_billing_plan_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        billing_plan_code = _parse_billing_plan_code(d.pop("billing_plan_code", UNSET))

        kinde_organization_order = cls(
            name=name,
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
            external_id=external_id,
            is_create_billing_customer=is_create_billing_customer,
            billing_email=billing_email,
            billing_plan_code=billing_plan_code,
        )

        return kinde_organization_order

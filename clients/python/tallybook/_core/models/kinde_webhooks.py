from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.kinde_webhook import KindeWebhook


T = TypeVar("T", bound="KindeWebhooks")


@_attrs_define
class KindeWebhooks:
    """The addresses that are told of events, oldest first.

    Attributes:
        webhooks (list[KindeWebhook]):
        code (str | Unset):  Default: 'OK'.
        message (str | Unset):  Default: 'Success'.
    """

    webhooks: list[KindeWebhook]
    code: str | Unset = "OK"
    message: str | Unset = "Success"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        webhooks = []
        for webhooks_item_data in self.webhooks:
            webhooks_item = webhooks_item_data.to_dict()
            webhooks.append(webhooks_item)

        code = self.code

        message = self.message

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "webhooks": webhooks,
            }
        )
        if code is not UNSET:
            field_dict["code"] = code
        if message is not UNSET:
            field_dict["message"] = message

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.kinde_webhook import KindeWebhook  # noqa: PLC0415

        d = dict(src_dict)
        webhooks = []
        _webhooks = d.pop("webhooks")
        for webhooks_item_data in _webhooks:
            webhooks_item = KindeWebhook.from_dict(webhooks_item_data)

            webhooks.append(webhooks_item)

        code = d.pop("code", UNSET)

        message = d.pop("message", UNSET)

        kinde_webhooks = cls(
            webhooks=webhooks,
            code=code,
            message=message,
        )

        kinde_webhooks.additional_properties = d
        return kinde_webhooks

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

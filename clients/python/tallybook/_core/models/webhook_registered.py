from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.registered_webhook import RegisteredWebhook


T = TypeVar("T", bound="WebhookRegistered")


@_attrs_define
class WebhookRegistered:
    """The address is told of events from now on.

    Attributes:
        webhook (RegisteredWebhook): What was registered.
        message (str | Unset):  Default: 'Success'.
        code (str | Unset):  Default: 'OK'.
    """

    webhook: RegisteredWebhook
    message: str | Unset = "Success"
    code: str | Unset = "OK"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        webhook = self.webhook.to_dict()

        message = self.message

        code = self.code

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "webhook": webhook,
            }
        )
        if message is not UNSET:
            field_dict["message"] = message
        if code is not UNSET:
            field_dict["code"] = code

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.registered_webhook import RegisteredWebhook  # noqa: PLC0415

        d = dict(src_dict)
        webhook = RegisteredWebhook.from_dict(d.pop("webhook"))

        message = d.pop("message", UNSET)

        code = d.pop("code", UNSET)

        webhook_registered = cls(
            webhook=webhook,
            message=message,
            code=code,
        )

        webhook_registered.additional_properties = d
        return webhook_registered

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

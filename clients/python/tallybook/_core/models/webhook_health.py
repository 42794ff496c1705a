from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WebhookHealth")


@_attrs_define
class WebhookHealth:
    """How an endpoint is doing. The counts of what is finished are of the last 24 hours.

    Attributes:
        last_success_at (None | str):
        failing_since (None | str): Null unless the last attempt failed.
        retry_at (None | str): Until then nothing is sent.
        pending_count (int):
        delivered_count (int):
        failed_count (int):
    """

    last_success_at: None | str
    failing_since: None | str
    retry_at: None | str
    pending_count: int
    delivered_count: int
    failed_count: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        last_success_at: None | str
        last_success_at = self.last_success_at

        failing_since: None | str
        failing_since = self.failing_since

        retry_at: None | str
        retry_at = self.retry_at

        pending_count = self.pending_count

        delivered_count = self.delivered_count

        failed_count = self.failed_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "last_success_at": last_success_at,
                "failing_since": failing_since,
                "retry_at": retry_at,
                "pending_count": pending_count,
                "delivered_count": delivered_count,
                "failed_count": failed_count,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_last_success_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_success_at = _parse_last_success_at(d.pop("last_success_at"))

        def _parse_failing_since(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        failing_since = _parse_failing_since(d.pop("failing_since"))

        def _parse_retry_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        retry_at = _parse_retry_at(d.pop("retry_at"))

        pending_count = d.pop("pending_count")

        delivered_count = d.pop("delivered_count")

        failed_count = d.pop("failed_count")

        webhook_health = cls(
            last_success_at=last_success_at,
            failing_since=failing_since,
            retry_at=retry_at,
            pending_count=pending_count,
            delivered_count=delivered_count,
            failed_count=failed_count,
        )

        webhook_health.additional_properties = d
        return webhook_health

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

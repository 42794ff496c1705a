from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Checkout")


@_attrs_define
class Checkout:
    """A visit to the payment page. People who pay go to its `url`.

    Attributes:
        id (str):
        organization (str):
        kind (str): What it is for: `agreement`, `top_up` or `card`.
        status (str): `opening`, `open`, `completed` or `expired`.
        url (None | str): The payment page; null when it is closed.
        plan (None | str):
        plan_version (int | None):
        interval (None | str):
        seats (int | None):
        top_up (None | str): The order that is paid for.
        requested_at (str):
        expires_at (None | str):
        ended_at (None | str):
    """

    id: str
    organization: str
    kind: str
    status: str
    url: None | str
    plan: None | str
    plan_version: int | None
    interval: None | str
    seats: int | None
    top_up: None | str
    requested_at: str
    expires_at: None | str
    ended_at: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        organization = self.organization

        kind = self.kind

        status = self.status

        url: None | str
        url = self.url

        plan: None | str
        plan = self.plan

        plan_version: int | None
        plan_version = self.plan_version

        interval: None | str
        interval = self.interval

        seats: int | None
        seats = self.seats

        top_up: None | str
        top_up = self.top_up

        requested_at = self.requested_at

        expires_at: None | str
        expires_at = self.expires_at

        ended_at: None | str
        ended_at = self.ended_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "organization": organization,
                "kind": kind,
                "status": status,
                "url": url,
                "plan": plan,
                "plan_version": plan_version,
                "interval": interval,
                "seats": seats,
                "top_up": top_up,
                "requested_at": requested_at,
                "expires_at": expires_at,
                "ended_at": ended_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        organization = d.pop("organization")

        kind = d.pop("kind")

        status = d.pop("status")

        def _parse_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        url = _parse_url(d.pop("url"))

        def _parse_plan(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        plan = _parse_plan(d.pop("plan"))

        def _parse_plan_version(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        plan_version = _parse_plan_version(d.pop("plan_version"))

        def _parse_interval(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        interval = _parse_interval(d.pop("interval"))

        def _parse_seats(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        seats = _parse_seats(d.pop("seats"))

        def _parse_top_up(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        top_up = _parse_top_up(d.pop("top_up"))

        requested_at = d.pop("requested_at")

        def _parse_expires_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        expires_at = _parse_expires_at(d.pop("expires_at"))

        def _parse_ended_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        checkout = cls(
            id=id,
            organization=organization,
            kind=kind,
            status=status,
            url=url,
            plan=plan,
            plan_version=plan_version,
            interval=interval,
            seats=seats,
            top_up=top_up,
            requested_at=requested_at,
            expires_at=expires_at,
            ended_at=ended_at,
        )

        checkout.additional_properties = d
        return checkout

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

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.amount import Amount
    from ..models.scheduled_change import ScheduledChange


T = TypeVar("T", bound="Agreement")


@_attrs_define
class Agreement:
    """A contract: which plan, from when, at what price.

    Attributes:
        id (str):
        organization (str):
        plan (str):
        plan_name (str):
        plan_version (int):
        is_legacy_plan (bool): The plan is not sold any more, and honoured for those who have it.
        status (str): `trialing`, `active`, `past_due` or `canceled`.
        collection (str): How the money is collected.
        currency (str):
        interval (str):
        seats (int):
        included_seats (int | None): Null is unlimited.
        base_price (Amount): Whole minor units beside their currency: 9900 USD is $99.00.
        started_at (str):
        anchor_at (str): All periods are counted from here.
        trial_ends_at (None | str): Also told of a trial that is over.
        current_period_start (str):
        current_period_end (str):
        scheduled_change (None | ScheduledChange):
        cancel_at (None | str): When it is going to end, or was to; null: it goes on.
        end_reason (None | str): Why: `requested`, or `trial_without_card`.
        ended_at (None | str):
    """

    id: str
    organization: str
    plan: str
    plan_name: str
    plan_version: int
    is_legacy_plan: bool
    status: str
    collection: str
    currency: str
    interval: str
    seats: int
    included_seats: int | None
    base_price: Amount
    started_at: str
    anchor_at: str
    trial_ends_at: None | str
    current_period_start: str
    current_period_end: str
    scheduled_change: None | ScheduledChange
    cancel_at: None | str
    end_reason: None | str
    ended_at: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.scheduled_change import ScheduledChange  # noqa: PLC0415

        id = self.id

        organization = self.organization

        plan = self.plan

        plan_name = self.plan_name

        plan_version = self.plan_version

        is_legacy_plan = self.is_legacy_plan

        status = self.status

        collection = self.collection

        currency = self.currency

        interval = self.interval

        seats = self.seats

        included_seats: int | None
        included_seats = self.included_seats

        base_price = self.base_price.to_dict()

        started_at = self.started_at

        anchor_at = self.anchor_at

        trial_ends_at: None | str
        trial_ends_at = self.trial_ends_at

        current_period_start = self.current_period_start

        current_period_end = self.current_period_end

        scheduled_change: dict[str, Any] | None
        if isinstance(self.scheduled_change, ScheduledChange):
            scheduled_change = self.scheduled_change.to_dict()
        else:
            scheduled_change = self.scheduled_change

        cancel_at: None | str
        cancel_at = self.cancel_at

        end_reason: None | str
        end_reason = self.end_reason

        ended_at: None | str
        ended_at = self.ended_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "organization": organization,
                "plan": plan,
                "plan_name": plan_name,
                "plan_version": plan_version,
                "is_legacy_plan": is_legacy_plan,
                "status": status,
                "collection": collection,
                "currency": currency,
                "interval": interval,
                "seats": seats,
                "included_seats": included_seats,
                "base_price": base_price,
                "started_at": started_at,
                "anchor_at": anchor_at,
                "trial_ends_at": trial_ends_at,
                "current_period_start": current_period_start,
                "current_period_end": current_period_end,
                "scheduled_change": scheduled_change,
                "cancel_at": cancel_at,
                "end_reason": end_reason,
                "ended_at": ended_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amount import Amount  # noqa: PLC0415
        from ..models.scheduled_change import ScheduledChange  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        organization = d.pop("organization")

        plan = d.pop("plan")

        plan_name = d.pop("plan_name")

        plan_version = d.pop("plan_version")

        is_legacy_plan = d.pop("is_legacy_plan")

        status = d.pop("status")

        collection = d.pop("collection")

        currency = d.pop("currency")

        interval = d.pop("interval")

        seats = d.pop("seats")

        def _parse_included_seats(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        included_seats = _parse_included_seats(d.pop("included_seats"))

        base_price = Amount.from_dict(d.pop("base_price"))

        started_at = d.pop("started_at")

        anchor_at = d.pop("anchor_at")

        def _parse_trial_ends_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        trial_ends_at = _parse_trial_ends_at(d.pop("trial_ends_at"))

        current_period_start = d.pop("current_period_start")

        current_period_end = d.pop("current_period_end")

        def _parse_scheduled_change(data: object) -> None | ScheduledChange:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                scheduled_change_type_0 = ScheduledChange.from_dict(data)

                return scheduled_change_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ScheduledChange, data)

        scheduled_change = _parse_scheduled_change(d.pop("scheduled_change"))

        def _parse_cancel_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cancel_at = _parse_cancel_at(d.pop("cancel_at"))

        def _parse_end_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        end_reason = _parse_end_reason(d.pop("end_reason"))

        def _parse_ended_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        agreement = cls(
            id=id,
            organization=organization,
            plan=plan,
            plan_name=plan_name,
            plan_version=plan_version,
            is_legacy_plan=is_legacy_plan,
            status=status,
            collection=collection,
            currency=currency,
            interval=interval,
            seats=seats,
            included_seats=included_seats,
            base_price=base_price,
            started_at=started_at,
            anchor_at=anchor_at,
            trial_ends_at=trial_ends_at,
            current_period_start=current_period_start,
            current_period_end=current_period_end,
            scheduled_change=scheduled_change,
            cancel_at=cancel_at,
            end_reason=end_reason,
            ended_at=ended_at,
        )

        agreement.additional_properties = d
        return agreement

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

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.entitlement_of_agreement import EntitlementOfAgreement


T = TypeVar("T", bound="KindeAgreement")


@_attrs_define
class KindeAgreement:
    """An agreement. `status` and `cancel_at` are not Kinde's.

    Attributes:
        id (str):
        plan_code (str):
        expires_on (None | str): Since when it is over; null while it is in force.
        billing_group_id (str):
        current_period_start (str):
        current_period_end (str):
        entitlements (list[EntitlementOfAgreement]):
        status (str):
        cancel_at (None | str): When it is going to end.
    """

    id: str
    plan_code: str
    expires_on: None | str
    billing_group_id: str
    current_period_start: str
    current_period_end: str
    entitlements: list[EntitlementOfAgreement]
    status: str
    cancel_at: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        plan_code = self.plan_code

        expires_on: None | str
        expires_on = self.expires_on

        billing_group_id = self.billing_group_id

        current_period_start = self.current_period_start

        current_period_end = self.current_period_end

        entitlements = []
        for entitlements_item_data in self.entitlements:
            entitlements_item = entitlements_item_data.to_dict()
            entitlements.append(entitlements_item)

        status = self.status

        cancel_at: None | str
        cancel_at = self.cancel_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "plan_code": plan_code,
                "expires_on": expires_on,
                "billing_group_id": billing_group_id,
                "current_period_start": current_period_start,
                "current_period_end": current_period_end,
                "entitlements": entitlements,
                "status": status,
                "cancel_at": cancel_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.entitlement_of_agreement import EntitlementOfAgreement  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        plan_code = d.pop("plan_code")

        def _parse_expires_on(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        expires_on = _parse_expires_on(d.pop("expires_on"))

        billing_group_id = d.pop("billing_group_id")

        current_period_start = d.pop("current_period_start")

        current_period_end = d.pop("current_period_end")

        entitlements = []
        _entitlements = d.pop("entitlements")
        for entitlements_item_data in _entitlements:
            entitlements_item = EntitlementOfAgreement.from_dict(entitlements_item_data)

            entitlements.append(entitlements_item)

        status = d.pop("status")

        def _parse_cancel_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cancel_at = _parse_cancel_at(d.pop("cancel_at"))

        kinde_agreement = cls(
            id=id,
            plan_code=plan_code,
            expires_on=expires_on,
            billing_group_id=billing_group_id,
            current_period_start=current_period_start,
            current_period_end=current_period_end,
            entitlements=entitlements,
            status=status,
            cancel_at=cancel_at,
        )

        kinde_agreement.additional_properties = d
        return kinde_agreement

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

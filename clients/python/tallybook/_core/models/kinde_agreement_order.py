from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="KindeAgreementOrder")


@_attrs_define
class KindeAgreementOrder:
    """The plan that a billing customer shall be on.

    Attributes:
        customer_id (str):
        plan_code (str):
        is_invoice_now (bool | None | Unset): Makes no difference: usage is always invoiced when its period ends.
        is_prorate (bool | None | Unset): With a platform key: whether the difference for the rest of the period is
            charged or credited now; else the new price begins with the next period.
        leaves_legacy_plan (bool | Unset): Not Kinde's. Says that the customer knows that a legacy plan that is left
            cannot be chosen again; without it, leaving one is refused. Default: False.
    """

    customer_id: str
    plan_code: str
    is_invoice_now: bool | None | Unset = UNSET
    is_prorate: bool | None | Unset = UNSET
    leaves_legacy_plan: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        customer_id = self.customer_id

        plan_code = self.plan_code

        is_invoice_now: bool | None | Unset
        if isinstance(self.is_invoice_now, Unset):
            is_invoice_now = UNSET
        else:
            is_invoice_now = self.is_invoice_now

        is_prorate: bool | None | Unset
        if isinstance(self.is_prorate, Unset):
            is_prorate = UNSET
        else:
            is_prorate = self.is_prorate

        leaves_legacy_plan = self.leaves_legacy_plan

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "customer_id": customer_id,
                "plan_code": plan_code,
            }
        )
        if is_invoice_now is not UNSET:
            field_dict["is_invoice_now"] = is_invoice_now
        if is_prorate is not UNSET:
            field_dict["is_prorate"] = is_prorate
        if leaves_legacy_plan is not UNSET:
            field_dict["leaves_legacy_plan"] = leaves_legacy_plan

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        customer_id = d.pop("customer_id")

        plan_code = d.pop("plan_code")

        def _parse_is_invoice_now(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_invoice_now = _parse_is_invoice_now(d.pop("is_invoice_now", UNSET))

        def _parse_is_prorate(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_prorate = _parse_is_prorate(d.pop("is_prorate", UNSET))

        leaves_legacy_plan = d.pop("leaves_legacy_plan", UNSET)

        kinde_agreement_order = cls(
            customer_id=customer_id,
            plan_code=plan_code,
            is_invoice_now=is_invoice_now,
            is_prorate=is_prorate,
            leaves_legacy_plan=leaves_legacy_plan,
        )

        return kinde_agreement_order

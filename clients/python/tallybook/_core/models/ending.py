from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Ending")


@_attrs_define
class Ending:
    """Whose agreement ends at once, and why.

    Attributes:
        organization (str): Its id or your own id for it.
        reason (str): For the audit log.
        refund (bool | Unset): What was paid for the time that is left becomes the customer's credit. Default: False.
        leaves_legacy_plan (bool | Unset): Says that the customer knows: a legacy plan that is left cannot be chosen
            again. Without it, leaving one is 409 `leaves_legacy_plan`. Default: False.
    """

    organization: str
    reason: str
    refund: bool | Unset = False
    leaves_legacy_plan: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        organization = self.organization

        reason = self.reason

        refund = self.refund

        leaves_legacy_plan = self.leaves_legacy_plan

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "organization": organization,
                "reason": reason,
            }
        )
        if refund is not UNSET:
            field_dict["refund"] = refund
        if leaves_legacy_plan is not UNSET:
            field_dict["leaves_legacy_plan"] = leaves_legacy_plan

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        organization = d.pop("organization")

        reason = d.pop("reason")

        refund = d.pop("refund", UNSET)

        leaves_legacy_plan = d.pop("leaves_legacy_plan", UNSET)

        ending = cls(
            organization=organization,
            reason=reason,
            refund=refund,
            leaves_legacy_plan=leaves_legacy_plan,
        )

        return ending

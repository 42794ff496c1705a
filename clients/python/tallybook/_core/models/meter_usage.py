from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.mode import Mode
from ..types import UNSET, Unset

T = TypeVar("T", bound="MeterUsage")


@_attrs_define
class MeterUsage:
    """Usage of one metered feature under one agreement.

    Attributes:
        customer_agreement_id (str):
        billing_feature_code (str):
        meter_value (int | str): A decimal number, zero or above.
        meter_type_code (Mode | Unset): Whether a report adds to the total of its period, or says what the total is.
        meter_usage_timestamp (None | str | Unset): When it was used; now unless given.
    """

    customer_agreement_id: str
    billing_feature_code: str
    meter_value: int | str
    meter_type_code: Mode | Unset = UNSET
    meter_usage_timestamp: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        customer_agreement_id = self.customer_agreement_id

        billing_feature_code = self.billing_feature_code

        meter_value: int | str
        meter_value = self.meter_value

        meter_type_code: str | Unset = UNSET
        if not isinstance(self.meter_type_code, Unset):
            meter_type_code = self.meter_type_code.value

        meter_usage_timestamp: None | str | Unset
        if isinstance(self.meter_usage_timestamp, Unset):
            meter_usage_timestamp = UNSET
        else:
            meter_usage_timestamp = self.meter_usage_timestamp

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "customer_agreement_id": customer_agreement_id,
                "billing_feature_code": billing_feature_code,
                "meter_value": meter_value,
            }
        )
        if meter_type_code is not UNSET:
            field_dict["meter_type_code"] = meter_type_code
        if meter_usage_timestamp is not UNSET:
            field_dict["meter_usage_timestamp"] = meter_usage_timestamp

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        customer_agreement_id = d.pop("customer_agreement_id")

        billing_feature_code = d.pop("billing_feature_code")

        def _parse_meter_value(data: object) -> int | str:
            return cast(int | str, data)

        meter_value = _parse_meter_value(d.pop("meter_value"))

        _meter_type_code = d.pop("meter_type_code", UNSET)
        meter_type_code: Mode | Unset
        if isinstance(_meter_type_code, Unset):
            meter_type_code = UNSET
        else:
            meter_type_code = Mode(_meter_type_code)

        def _parse_meter_usage_timestamp(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        meter_usage_timestamp = _parse_meter_usage_timestamp(
            d.pop("meter_usage_timestamp", UNSET)
        )

        meter_usage = cls(
            customer_agreement_id=customer_agreement_id,
            billing_feature_code=billing_feature_code,
            meter_value=meter_value,
            meter_type_code=meter_type_code,
            meter_usage_timestamp=meter_usage_timestamp,
        )

        return meter_usage

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.agreement_of_organization import AgreementOfOrganization


T = TypeVar("T", bound="BillingOfOrganization")


@_attrs_define
class BillingOfOrganization:
    """An organization as a billing customer.

    Attributes:
        billing_customer_id (str):
        agreements (list[AgreementOfOrganization]):
    """

    billing_customer_id: str
    agreements: list[AgreementOfOrganization]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        billing_customer_id = self.billing_customer_id

        agreements = []
        for agreements_item_data in self.agreements:
            agreements_item = agreements_item_data.to_dict()
            agreements.append(agreements_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "billing_customer_id": billing_customer_id,
                "agreements": agreements,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.agreement_of_organization import AgreementOfOrganization  # noqa: PLC0415

        d = dict(src_dict)
        billing_customer_id = d.pop("billing_customer_id")

        agreements = []
        _agreements = d.pop("agreements")
        for agreements_item_data in _agreements:
            agreements_item = AgreementOfOrganization.from_dict(agreements_item_data)

            agreements.append(agreements_item)

        billing_of_organization = cls(
            billing_customer_id=billing_customer_id,
            agreements=agreements,
        )

        billing_of_organization.additional_properties = d
        return billing_of_organization

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

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.kinde_agreement import KindeAgreement


T = TypeVar("T", bound="KindeAgreements")


@_attrs_define
class KindeAgreements:
    """Agreements, newest first.

    Attributes:
        has_more (bool): Whether there are more beyond this page.
        agreements (list[KindeAgreement]):
        code (str | Unset):  Default: 'OK'.
        message (str | Unset):  Default: 'Success'.
    """

    has_more: bool
    agreements: list[KindeAgreement]
    code: str | Unset = "OK"
    message: str | Unset = "Success"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        has_more = self.has_more

        agreements = []
        for agreements_item_data in self.agreements:
            agreements_item = agreements_item_data.to_dict()
            agreements.append(agreements_item)

        code = self.code

        message = self.message

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "has_more": has_more,
                "agreements": agreements,
            }
        )
        if code is not UNSET:
            field_dict["code"] = code
        if message is not UNSET:
            field_dict["message"] = message

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.kinde_agreement import KindeAgreement  # noqa: PLC0415

        d = dict(src_dict)
        has_more = d.pop("has_more")

        agreements = []
        _agreements = d.pop("agreements")
        for agreements_item_data in _agreements:
            agreements_item = KindeAgreement.from_dict(agreements_item_data)

            agreements.append(agreements_item)

        code = d.pop("code", UNSET)

        message = d.pop("message", UNSET)

        kinde_agreements = cls(
            has_more=has_more,
            agreements=agreements,
            code=code,
            message=message,
        )

        kinde_agreements.additional_properties = d
        return kinde_agreements

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

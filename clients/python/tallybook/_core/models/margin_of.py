from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.figures import Figures


T = TypeVar("T", bound="MarginOf")


@_attrs_define
class MarginOf:
    """One customer, plan or action.

    Attributes:
        key (str): The id of an organization, the code of a plan, or that of an action; empty for usage without an
            action and customers without a plan.
        name (str):
        customer_count (int):
        figures (Figures): What came in, what serving took, and what is left. Rounded once, from exact amounts.
    """

    key: str
    name: str
    customer_count: int
    figures: Figures
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        key = self.key

        name = self.name

        customer_count = self.customer_count

        figures = self.figures.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "key": key,
                "name": name,
                "customer_count": customer_count,
                "figures": figures,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.figures import Figures  # noqa: PLC0415

        d = dict(src_dict)
        key = d.pop("key")

        name = d.pop("name")

        customer_count = d.pop("customer_count")

        figures = Figures.from_dict(d.pop("figures"))

        margin_of = cls(
            key=key,
            name=name,
            customer_count=customer_count,
            figures=figures,
        )

        margin_of.additional_properties = d
        return margin_of

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

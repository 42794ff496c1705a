from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.kinde_event_type_schema import KindeEventTypeSchema


T = TypeVar("T", bound="KindeEventType")


@_attrs_define
class KindeEventType:
    """A kind of events.

    Attributes:
        id (str):
        code (str):
        name (str):
        origin (str):
        schema (KindeEventTypeSchema):
    """

    id: str
    code: str
    name: str
    origin: str
    schema: KindeEventTypeSchema
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        code = self.code

        name = self.name

        origin = self.origin

        schema = self.schema.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "code": code,
                "name": name,
                "origin": origin,
                "schema": schema,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.kinde_event_type_schema import KindeEventTypeSchema  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        code = d.pop("code")

        name = d.pop("name")

        origin = d.pop("origin")

        schema = KindeEventTypeSchema.from_dict(d.pop("schema"))

        kinde_event_type = cls(
            id=id,
            code=code,
            name=name,
            origin=origin,
            schema=schema,
        )

        kinde_event_type.additional_properties = d
        return kinde_event_type

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

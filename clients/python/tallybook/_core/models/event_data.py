from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.mode import Mode
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.event_data_properties_type_0 import EventDataPropertiesType0
    from ..models.tokens_reported import TokensReported


T = TypeVar("T", bound="EventData")


@_attrs_define
class EventData:
    """What was used: a `quantity` of an action (1 unless given), or the `value` of a feature.

    Attributes:
        quantity (int | None | str | Unset):
        value (int | None | str | Unset):
        member (None | str | Unset): Your id for the person who used it.
        cost (None | str | Unset): What it cost you, in the reporting currency; else the rate card says.
        tokens (None | TokensReported | Unset): The tokens that it took, in place of `cost`: the price book says the
            rest.
        properties (EventDataPropertiesType0 | None | Unset): Labels of your own: names of 40 and texts of 500
            characters, 8 KB in all.
        mode (Mode | Unset): Whether a report adds to the total of its period, or says what the total is.
    """

    quantity: int | None | str | Unset = UNSET
    value: int | None | str | Unset = UNSET
    member: None | str | Unset = UNSET
    cost: None | str | Unset = UNSET
    tokens: None | TokensReported | Unset = UNSET
    properties: EventDataPropertiesType0 | None | Unset = UNSET
    mode: Mode | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.event_data_properties_type_0 import EventDataPropertiesType0  # noqa: PLC0415
        from ..models.tokens_reported import TokensReported  # noqa: PLC0415

        quantity: int | None | str | Unset
        if isinstance(self.quantity, Unset):
            quantity = UNSET
        else:
            quantity = self.quantity

        value: int | None | str | Unset
        if isinstance(self.value, Unset):
            value = UNSET
        else:
            value = self.value

        member: None | str | Unset
        if isinstance(self.member, Unset):
            member = UNSET
        else:
            member = self.member

        cost: None | str | Unset
        if isinstance(self.cost, Unset):
            cost = UNSET
        else:
            cost = self.cost

        tokens: dict[str, Any] | None | Unset
        if isinstance(self.tokens, Unset):
            tokens = UNSET
        elif isinstance(self.tokens, TokensReported):
            tokens = self.tokens.to_dict()
        else:
            tokens = self.tokens

        properties: dict[str, Any] | None | Unset
        if isinstance(self.properties, Unset):
            properties = UNSET
        elif isinstance(self.properties, EventDataPropertiesType0):
            properties = self.properties.to_dict()
        else:
            properties = self.properties

        mode: str | Unset = UNSET
        if not isinstance(self.mode, Unset):
            mode = self.mode.value

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if quantity is not UNSET:
            field_dict["quantity"] = quantity
        if value is not UNSET:
            field_dict["value"] = value
        if member is not UNSET:
            field_dict["member"] = member
        if cost is not UNSET:
            field_dict["cost"] = cost
        if tokens is not UNSET:
            field_dict["tokens"] = tokens
        if properties is not UNSET:
            field_dict["properties"] = properties
        if mode is not UNSET:
            field_dict["mode"] = mode

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.event_data_properties_type_0 import EventDataPropertiesType0  # noqa: PLC0415
        from ..models.tokens_reported import TokensReported  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_quantity(data: object) -> int | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | str | Unset, data)

        quantity = _parse_quantity(d.pop("quantity", UNSET))

        def _parse_value(data: object) -> int | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | str | Unset, data)

        value = _parse_value(d.pop("value", UNSET))

        def _parse_member(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        member = _parse_member(d.pop("member", UNSET))

        def _parse_cost(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        cost = _parse_cost(d.pop("cost", UNSET))

        def _parse_tokens(data: object) -> None | TokensReported | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                tokens_type_0 = TokensReported.from_dict(data)

                return tokens_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TokensReported | Unset, data)

        tokens = _parse_tokens(d.pop("tokens", UNSET))

        def _parse_properties(data: object) -> EventDataPropertiesType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                properties_type_0 = EventDataPropertiesType0.from_dict(data)

                return properties_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(EventDataPropertiesType0 | None | Unset, data)

        properties = _parse_properties(d.pop("properties", UNSET))

        _mode = d.pop("mode", UNSET)
        mode: Mode | Unset
        if isinstance(_mode, Unset):
            mode = UNSET
        else:
            mode = Mode(_mode)

        event_data = cls(
            quantity=quantity,
            value=value,
            member=member,
            cost=cost,
            tokens=tokens,
            properties=properties,
            mode=mode,
        )

        return event_data

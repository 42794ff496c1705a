from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.settlement_properties_type_0 import SettlementPropertiesType0
    from ..models.tokens_reported import TokensReported


T = TypeVar("T", bound="Settlement")


@_attrs_define
class Settlement:
    """What was really used: `quantity` of the hold's action, or `value` of its feature.

    `id` is the id of the usage event that is booked, the hold's own unless given.

        Attributes:
            quantity (int | None | str | Unset):
            value (int | None | str | Unset):
            id (None | str | Unset):
            organization (None | str | Unset): Its id or your own id for it. Needed with a platform key.
            occurred_at (None | str | Unset): When the customer used it; the moment of receipt unless given.
            cost (None | str | Unset): What it cost you, in the reporting currency; else the rate card says.
            tokens (None | TokensReported | Unset): The tokens that it took, in place of `cost`: the price book says the
                rest.
            properties (None | SettlementPropertiesType0 | Unset): Labels of your own: names of 40 and texts of 500
                characters, 8 KB in all.
    """

    quantity: int | None | str | Unset = UNSET
    value: int | None | str | Unset = UNSET
    id: None | str | Unset = UNSET
    organization: None | str | Unset = UNSET
    occurred_at: None | str | Unset = UNSET
    cost: None | str | Unset = UNSET
    tokens: None | TokensReported | Unset = UNSET
    properties: None | SettlementPropertiesType0 | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.settlement_properties_type_0 import SettlementPropertiesType0  # noqa: PLC0415
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

        id: None | str | Unset
        if isinstance(self.id, Unset):
            id = UNSET
        else:
            id = self.id

        organization: None | str | Unset
        if isinstance(self.organization, Unset):
            organization = UNSET
        else:
            organization = self.organization

        occurred_at: None | str | Unset
        if isinstance(self.occurred_at, Unset):
            occurred_at = UNSET
        else:
            occurred_at = self.occurred_at

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
        elif isinstance(self.properties, SettlementPropertiesType0):
            properties = self.properties.to_dict()
        else:
            properties = self.properties

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if quantity is not UNSET:
            field_dict["quantity"] = quantity
        if value is not UNSET:
            field_dict["value"] = value
        if id is not UNSET:
            field_dict["id"] = id
        if organization is not UNSET:
            field_dict["organization"] = organization
        if occurred_at is not UNSET:
            field_dict["occurred_at"] = occurred_at
        if cost is not UNSET:
            field_dict["cost"] = cost
        if tokens is not UNSET:
            field_dict["tokens"] = tokens
        if properties is not UNSET:
            field_dict["properties"] = properties

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.settlement_properties_type_0 import SettlementPropertiesType0  # noqa: PLC0415
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

        def _parse_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        id = _parse_id(d.pop("id", UNSET))

        def _parse_organization(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        organization = _parse_organization(d.pop("organization", UNSET))

        def _parse_occurred_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        occurred_at = _parse_occurred_at(d.pop("occurred_at", UNSET))

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

        def _parse_properties(data: object) -> None | SettlementPropertiesType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                properties_type_0 = SettlementPropertiesType0.from_dict(data)

                return properties_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SettlementPropertiesType0 | Unset, data)

        properties = _parse_properties(d.pop("properties", UNSET))

        settlement = cls(
            quantity=quantity,
            value=value,
            id=id,
            organization=organization,
            occurred_at=occurred_at,
            cost=cost,
            tokens=tokens,
            properties=properties,
        )

        return settlement

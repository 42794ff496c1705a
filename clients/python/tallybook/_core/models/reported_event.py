from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.mode import Mode
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.reported_event_properties_type_0 import ReportedEventPropertiesType0
    from ..models.tokens_reported import TokensReported


T = TypeVar("T", bound="ReportedEvent")


@_attrs_define
class ReportedEvent:
    """A usage event: `action` with `quantity` (1 unless given), or `feature` with `value`.

    `id` is yours and is the event's identity for ever: sent again with the same content it is
    a duplicate, with other content a conflict.

        Attributes:
            id (str):
            action (None | str | Unset): An action of the rate card.
            quantity (int | None | str | Unset):
            feature (None | str | Unset): A metered feature.
            value (int | None | str | Unset):
            organization (None | str | Unset): Its id or your own id for it. Needed with a platform key.
            occurred_at (None | str | Unset): When the customer used it; the moment of receipt unless given.
            member (None | str | Unset): Your id for the person who used it.
            cost (None | str | Unset): What it cost you, in the reporting currency; else the rate card says.
            tokens (None | TokensReported | Unset): The tokens that it took, in place of `cost`: the price book says the
                rest.
            properties (None | ReportedEventPropertiesType0 | Unset): Labels of your own: names of 40 and texts of 500
                characters, 8 KB in all.
            mode (Mode | Unset): Whether a report adds to the total of its period, or says what the total is.
            enforce (bool | Unset): Refuse what the plan does not allow, instead of recording it. Default: False.
    """

    id: str
    action: None | str | Unset = UNSET
    quantity: int | None | str | Unset = UNSET
    feature: None | str | Unset = UNSET
    value: int | None | str | Unset = UNSET
    organization: None | str | Unset = UNSET
    occurred_at: None | str | Unset = UNSET
    member: None | str | Unset = UNSET
    cost: None | str | Unset = UNSET
    tokens: None | TokensReported | Unset = UNSET
    properties: None | ReportedEventPropertiesType0 | Unset = UNSET
    mode: Mode | Unset = UNSET
    enforce: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        from ..models.reported_event_properties_type_0 import (
            ReportedEventPropertiesType0,  # noqa: PLC0415
        )
        from ..models.tokens_reported import TokensReported  # noqa: PLC0415

        id = self.id

        action: None | str | Unset
        if isinstance(self.action, Unset):
            action = UNSET
        else:
            action = self.action

        quantity: int | None | str | Unset
        if isinstance(self.quantity, Unset):
            quantity = UNSET
        else:
            quantity = self.quantity

        feature: None | str | Unset
        if isinstance(self.feature, Unset):
            feature = UNSET
        else:
            feature = self.feature

        value: int | None | str | Unset
        if isinstance(self.value, Unset):
            value = UNSET
        else:
            value = self.value

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
        elif isinstance(self.properties, ReportedEventPropertiesType0):
            properties = self.properties.to_dict()
        else:
            properties = self.properties

        mode: str | Unset = UNSET
        if not isinstance(self.mode, Unset):
            mode = self.mode.value

        enforce = self.enforce

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
            }
        )
        if action is not UNSET:
            field_dict["action"] = action
        if quantity is not UNSET:
            field_dict["quantity"] = quantity
        if feature is not UNSET:
            field_dict["feature"] = feature
        if value is not UNSET:
            field_dict["value"] = value
        if organization is not UNSET:
            field_dict["organization"] = organization
        if occurred_at is not UNSET:
            field_dict["occurred_at"] = occurred_at
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
        if enforce is not UNSET:
            field_dict["enforce"] = enforce

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reported_event_properties_type_0 import (
            ReportedEventPropertiesType0,  # noqa: PLC0415
        )
        from ..models.tokens_reported import TokensReported  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        def _parse_action(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        action = _parse_action(d.pop("action", UNSET))

        def _parse_quantity(data: object) -> int | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | str | Unset, data)

        quantity = _parse_quantity(d.pop("quantity", UNSET))

        def _parse_feature(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        feature = _parse_feature(d.pop("feature", UNSET))

        def _parse_value(data: object) -> int | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | str | Unset, data)

        value = _parse_value(d.pop("value", UNSET))

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

        def _parse_properties(
            data: object,
        ) -> None | ReportedEventPropertiesType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                properties_type_0 = ReportedEventPropertiesType0.from_dict(data)

                return properties_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReportedEventPropertiesType0 | Unset, data)

        properties = _parse_properties(d.pop("properties", UNSET))

        _mode = d.pop("mode", UNSET)
        mode: Mode | Unset
        if isinstance(_mode, Unset):
            mode = UNSET
        else:
            mode = Mode(_mode)

        enforce = d.pop("enforce", UNSET)

        reported_event = cls(
            id=id,
            action=action,
            quantity=quantity,
            feature=feature,
            value=value,
            organization=organization,
            occurred_at=occurred_at,
            member=member,
            cost=cost,
            tokens=tokens,
            properties=properties,
            mode=mode,
            enforce=enforce,
        )

        return reported_event

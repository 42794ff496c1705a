from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.outcome import Outcome
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.field_error import FieldError


T = TypeVar("T", bound="EventResult")


@_attrs_define
class EventResult:
    """What became of one event.

    `accepted`, `late` and `duplicate` carry the receipt: for a duplicate it is that of the first
    time. `conflict` and `rejected` changed nothing; `reason` says why, `errors` where, and for
    enforced use `required` and the fields after it what is missing.

        Attributes:
            id (None | str):
            outcome (Outcome): How the report of one event ended. Every event ends in exactly one of these.
            reason (str | Unset):
            errors (list[FieldError] | Unset):
            required (str | Unset): What enforced use would take.
            available (None | str | Unset):
            resets_at (None | str | Unset):
            upgrade_url (None | str | Unset):
            feature (str | Unset): The metered feature that was drawn on.
            credits_ (str | Unset): What the event took, as a decimal.
            overage (str | Unset): The part that no credits were left for.
            remaining (None | str | Unset): What is left right after; null is unlimited.
            value_line (str | Unset): The event in words for people.
    """

    id: None | str
    outcome: Outcome
    reason: str | Unset = UNSET
    errors: list[FieldError] | Unset = UNSET
    required: str | Unset = UNSET
    available: None | str | Unset = UNSET
    resets_at: None | str | Unset = UNSET
    upgrade_url: None | str | Unset = UNSET
    feature: str | Unset = UNSET
    credits_: str | Unset = UNSET
    overage: str | Unset = UNSET
    remaining: None | str | Unset = UNSET
    value_line: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id: None | str
        id = self.id

        outcome = self.outcome.value

        reason = self.reason

        errors: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.errors, Unset):
            errors = []
            for errors_item_data in self.errors:
                errors_item = errors_item_data.to_dict()
                errors.append(errors_item)

        required = self.required

        available: None | str | Unset
        if isinstance(self.available, Unset):
            available = UNSET
        else:
            available = self.available

        resets_at: None | str | Unset
        if isinstance(self.resets_at, Unset):
            resets_at = UNSET
        else:
            resets_at = self.resets_at

        upgrade_url: None | str | Unset
        if isinstance(self.upgrade_url, Unset):
            upgrade_url = UNSET
        else:
            upgrade_url = self.upgrade_url

        feature = self.feature

        credits_ = self.credits_

        overage = self.overage

        remaining: None | str | Unset
        if isinstance(self.remaining, Unset):
            remaining = UNSET
        else:
            remaining = self.remaining

        value_line = self.value_line

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "outcome": outcome,
            }
        )
        if reason is not UNSET:
            field_dict["reason"] = reason
        if errors is not UNSET:
            field_dict["errors"] = errors
        if required is not UNSET:
            field_dict["required"] = required
        if available is not UNSET:
            field_dict["available"] = available
        if resets_at is not UNSET:
            field_dict["resets_at"] = resets_at
        if upgrade_url is not UNSET:
            field_dict["upgrade_url"] = upgrade_url
        if feature is not UNSET:
            field_dict["feature"] = feature
        if credits_ is not UNSET:
            field_dict["credits"] = credits_
        if overage is not UNSET:
            field_dict["overage"] = overage
        if remaining is not UNSET:
            field_dict["remaining"] = remaining
        if value_line is not UNSET:
            field_dict["value_line"] = value_line

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.field_error import FieldError  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        id = _parse_id(d.pop("id"))

        outcome = Outcome(d.pop("outcome"))

        reason = d.pop("reason", UNSET)

        _errors = d.pop("errors", UNSET)
        errors: list[FieldError] | Unset = UNSET
        if _errors is not UNSET:
            errors = []
            for errors_item_data in _errors:
                errors_item = FieldError.from_dict(errors_item_data)

                errors.append(errors_item)

        required = d.pop("required", UNSET)

        def _parse_available(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        available = _parse_available(d.pop("available", UNSET))

        def _parse_resets_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        resets_at = _parse_resets_at(d.pop("resets_at", UNSET))

        def _parse_upgrade_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        upgrade_url = _parse_upgrade_url(d.pop("upgrade_url", UNSET))

        feature = d.pop("feature", UNSET)

        credits_ = d.pop("credits", UNSET)

        overage = d.pop("overage", UNSET)

        def _parse_remaining(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        remaining = _parse_remaining(d.pop("remaining", UNSET))

        value_line = d.pop("value_line", UNSET)

        event_result = cls(
            id=id,
            outcome=outcome,
            reason=reason,
            errors=errors,
            required=required,
            available=available,
            resets_at=resets_at,
            upgrade_url=upgrade_url,
            feature=feature,
            credits_=credits_,
            overage=overage,
            remaining=remaining,
            value_line=value_line,
        )

        event_result.additional_properties = d
        return event_result

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

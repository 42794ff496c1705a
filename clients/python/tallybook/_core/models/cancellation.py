from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.cancellation_feedback_type_3 import CancellationFeedbackType3
from ..types import UNSET, Unset

T = TypeVar("T", bound="Cancellation")


@_attrs_define
class Cancellation:
    """Why the customer leaves, as far as they say. The body may be left out.

    Attributes:
        organization (None | str | Unset): Its id or your own id for it. Needed with a platform key.
        feedback (CancellationFeedbackType3 | None | str | Unset):
        comment (str | Unset): In their own words. Default: ''.
        leaves_legacy_plan (bool | Unset): Says that the customer knows: a legacy plan that is left cannot be chosen
            again. Without it, leaving one is 409 `leaves_legacy_plan`. Default: False.
    """

    organization: None | str | Unset = UNSET
    feedback: CancellationFeedbackType3 | None | str | Unset = UNSET
    comment: str | Unset = ""
    leaves_legacy_plan: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        organization: None | str | Unset
        if isinstance(self.organization, Unset):
            organization = UNSET
        else:
            organization = self.organization

        feedback: None | str | Unset
        if isinstance(self.feedback, Unset):
            feedback = UNSET
        elif isinstance(self.feedback, CancellationFeedbackType3):
            feedback = self.feedback.value
        else:
            feedback = self.feedback

        comment = self.comment

        leaves_legacy_plan = self.leaves_legacy_plan

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if organization is not UNSET:
            field_dict["organization"] = organization
        if feedback is not UNSET:
            field_dict["feedback"] = feedback
        if comment is not UNSET:
            field_dict["comment"] = comment
        if leaves_legacy_plan is not UNSET:
            field_dict["leaves_legacy_plan"] = leaves_legacy_plan

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_organization(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        organization = _parse_organization(d.pop("organization", UNSET))

        def _parse_feedback(
            data: object,
        ) -> CancellationFeedbackType3 | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                feedback_type_3 = CancellationFeedbackType3(data)

                return feedback_type_3
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CancellationFeedbackType3 | None | str | Unset, data)

        feedback = _parse_feedback(d.pop("feedback", UNSET))

        comment = d.pop("comment", UNSET)

        leaves_legacy_plan = d.pop("leaves_legacy_plan", UNSET)

        cancellation = cls(
            organization=organization,
            feedback=feedback,
            comment=comment,
            leaves_legacy_plan=leaves_legacy_plan,
        )

        return cancellation

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.outcome_report_evidence_type_0 import OutcomeReportEvidenceType0


T = TypeVar("T", bound="OutcomeReport")


@_attrs_define
class OutcomeReport:
    """An outcome, by your own `reference`: the same one is recorded once.

    Attributes:
        code (str): A kind of outcome.
        reference (str): Your id for it.
        organization (None | str | Unset): Its id or your own id for it. Needed with a platform key.
        occurred_at (None | str | Unset): When the customer used it; the moment of receipt unless given.
        member (None | str | Unset): Your id for the person it was for.
        evidence (None | OutcomeReportEvidenceType0 | Unset): What shows that it happened: JSON, at most 8,192 bytes.
    """

    code: str
    reference: str
    organization: None | str | Unset = UNSET
    occurred_at: None | str | Unset = UNSET
    member: None | str | Unset = UNSET
    evidence: None | OutcomeReportEvidenceType0 | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.outcome_report_evidence_type_0 import OutcomeReportEvidenceType0  # noqa: PLC0415

        code = self.code

        reference = self.reference

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

        evidence: dict[str, Any] | None | Unset
        if isinstance(self.evidence, Unset):
            evidence = UNSET
        elif isinstance(self.evidence, OutcomeReportEvidenceType0):
            evidence = self.evidence.to_dict()
        else:
            evidence = self.evidence

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "code": code,
                "reference": reference,
            }
        )
        if organization is not UNSET:
            field_dict["organization"] = organization
        if occurred_at is not UNSET:
            field_dict["occurred_at"] = occurred_at
        if member is not UNSET:
            field_dict["member"] = member
        if evidence is not UNSET:
            field_dict["evidence"] = evidence

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.outcome_report_evidence_type_0 import OutcomeReportEvidenceType0  # noqa: PLC0415

        d = dict(src_dict)
        code = d.pop("code")

        reference = d.pop("reference")

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

        def _parse_evidence(data: object) -> None | OutcomeReportEvidenceType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                evidence_type_0 = OutcomeReportEvidenceType0.from_dict(data)

                return evidence_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | OutcomeReportEvidenceType0 | Unset, data)

        evidence = _parse_evidence(d.pop("evidence", UNSET))

        outcome_report = cls(
            code=code,
            reference=reference,
            organization=organization,
            occurred_at=occurred_at,
            member=member,
            evidence=evidence,
        )

        return outcome_report

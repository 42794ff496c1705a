"""What the API says of an outcome."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from accounts.models import Organization
from billing.choices import DisputeStatus, OutcomeCharge, OutcomeStatus
from billing.models import Outcome as StoredOutcome
from billing.models import OutcomeDispute
from billing.outcomes.charging import map_charges
from billing.outcomes.queries import map_disputes


class Dispute(msgspec.Struct, frozen=True, kw_only=True):
    """What the customer says against an outcome, and what was decided."""

    status: Annotated[str, Meta(extra_json_schema={"enum": DisputeStatus.values})]
    reason: str
    opened_at: datetime
    decided_at: datetime | None
    decision: str | None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """An outcome, and where it stands."""

    id: str
    organization: str
    code: str
    reference: str
    status: Annotated[str, Meta(extra_json_schema={"enum": OutcomeStatus.values})]
    member: str
    evidence: dict[str, Any]
    occurred_at: datetime
    confirms_at: Annotated[
        datetime, Meta(description="When it is confirmed unless it is reversed before.")
    ]
    confirmed_at: datetime | None
    reversed_at: datetime | None
    reversal_reason: str | None
    reversible_until: Annotated[
        datetime | None,
        Meta(description="From then on a confirmed outcome stays. null: at any time, or not yet."),
    ]
    feature: Annotated[
        str | None,
        Meta(description="The metered feature that it is charged as. null: it is not charged."),
    ]
    charge: Annotated[
        str,
        Meta(
            description="How far its charge has come. `billed`: its period is settled.",
            extra_json_schema={"enum": OutcomeCharge.values},
        ),
    ]
    usage_event: Annotated[
        str | None, Meta(description="The id of the usage event that charges it.")
    ]
    not_charged: Annotated[
        str | None,
        Meta(description="Why the agreement did not take it, such as `feature_not_in_plan`."),
    ]
    dispute: Dispute | None


class OutcomePage(msgspec.Struct, frozen=True):
    """Outcomes, newest first."""

    data: list[Outcome]
    has_more: bool


def present_outcome(outcome: StoredOutcome) -> Outcome:
    """Say where one outcome stands."""
    [presented] = present_outcomes(outcome.organization, [outcome])
    return presented


def present_outcomes(
    organization: Organization, outcomes: Sequence[StoredOutcome]
) -> list[Outcome]:
    """Say where outcomes of one organization stand."""
    charges = map_charges(organization_id=organization.pk, outcomes=outcomes)
    disputes = map_disputes(organization=organization, outcomes=outcomes)
    return [
        Outcome(
            id=outcome.public_id,
            organization=outcome.organization.public_id,
            code=outcome.definition.code,
            reference=outcome.reference,
            status=outcome.status,
            member=outcome.member,
            evidence=outcome.evidence,
            occurred_at=outcome.occurred_at,
            confirms_at=outcome.confirms_at,
            confirmed_at=outcome.confirmed_at,
            reversed_at=outcome.reversed_at,
            reversal_reason=outcome.reversal_reason or None,
            reversible_until=outcome.reversible_until,
            feature=None if outcome.meter is None else outcome.meter.code,
            charge=charges[outcome.pk],
            usage_event=outcome.event_key,
            not_charged=outcome.not_charged or None,
            dispute=_present_dispute(disputes.get(outcome.pk)),
        )
        for outcome in outcomes
    ]


def _present_dispute(dispute: OutcomeDispute | None) -> Dispute | None:
    if dispute is None:
        return None
    return Dispute(
        status=dispute.status,
        reason=dispute.reason,
        opened_at=dispute.opened_at,
        decided_at=dispute.decided_at,
        decision=dispute.decision or None,
    )

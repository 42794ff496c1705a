"""Outcomes for tests: what a plan charges for them, and what apps report of them."""

from datetime import datetime
from typing import Any

from accounts.models import Organization
from billing.models import Agreement, Outcome, OutcomeDefinition
from billing.outcomes.definitions import OutcomeDetails, define_outcome
from billing.outcomes.operations import OutcomeFacts, record_outcome
from metering.choices import Aggregation

from .agreements import SUBSCRIBED, make_agreement
from .catalog import (
    ON_SALE_SINCE,
    STAFF,
    fixed,
    make_group,
    make_metered,
    make_plan,
    make_version,
    metered,
)
from .metering import make_meter


def define(code: str = "ticket_resolved", **details: Any) -> OutcomeDefinition:
    """A kind of outcome, confirmed at once and not charged unless something else is said."""
    name = details.pop("name", code.replace("_", " ").capitalize())
    return define_outcome(
        code=code, details=OutcomeDetails(name, **details), actor=STAFF, now=ON_SALE_SINCE
    )


def sell_outcomes(
    organization: Organization,
    *,
    price: str = "0.99",
    included: int = 0,
    base: str = "29",
    **details: Any,
) -> Agreement:
    """Agree on a plan with a price for each resolved ticket beyond those that are included."""
    meter = make_meter("resolutions", unit="resolution", aggregation=Aggregation.COUNT)
    plan = make_plan(make_group(), "resolved")
    make_version(plan, metered(make_metered(meter), included, overage=price), prices=(fixed(base),))
    define(meter=meter, **details)
    return make_agreement(organization, "resolved")


def report_outcome(
    organization: Organization,
    reference: str = "conversation-17",
    *,
    code: str = "ticket_resolved",
    at: datetime = SUBSCRIBED,
    occurred_at: datetime | None = None,
) -> Outcome:
    """What an app reports at an instant, of when it occurred or of just now."""
    facts = OutcomeFacts(reference=reference, occurred_at=occurred_at)
    return record_outcome(organization=organization, code=code, facts=facts, now=at).outcome

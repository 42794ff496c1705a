"""What the assistant of one customer got done: tickets that it resolved, each with its price."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from accounts.audit.actor import SYSTEM, Actor
from accounts.models import Organization, User
from metering.models import Meter

from ..choices import OutcomeStatus
from ..models import Outcome
from ..outcomes.definitions import OutcomeDetails, define_outcome
from ..outcomes.disputes import open_dispute
from ..outcomes.operations import (
    OutcomeFacts,
    confirm_due_outcomes,
    record_outcome,
    reverse_outcome,
)
from ..outcomes.queries import find_dispute
from .customers import PROFESSIONAL
from .price_list import RESOLUTIONS

KIND: Final = "ticket_resolved"
# What the tickets were about, and how many hours ago the assistant resolved them. The window of
# the last one is still open.
TICKETS: Final = (
    ("TCK-2041", 470, "Where is my invoice?"),
    ("TCK-2048", 443, "Cannot sign in after the update"),
    ("TCK-2053", 398, "Add a colleague to the workspace"),
    ("TCK-2057", 372, "Which formats can be exported?"),
    ("TCK-2060", 346, "Change the billing address"),
    ("TCK-2066", 301, "The report shows last month"),
    ("TCK-2071", 274, "Rename a project"),
    ("TCK-2075", 229, "Upload stops at 90 percent"),
    ("TCK-2079", 203, "How long are results kept?"),
    ("TCK-2084", 154, "The summary is in the wrong language"),
    ("TCK-2092", 107, "Reset the two-factor device"),
    ("TCK-2097", 20, "Connect the calendar"),
)
REVERSED: Final = "TCK-2075"
DISPUTED: Final = "TCK-2084"


def create_outcome_kind(*, now: datetime) -> None:
    """Define what a resolved ticket is: confirmed after 72 hours, reversible for 30 days."""
    details = OutcomeDetails(
        "Resolved ticket",
        description="The assistant answered, and the customer did not write again.",
        confirmation_hours=72,
        reversal_days=30,
        meter=Meter.objects.get(code=RESOLUTIONS),
    )
    define_outcome(code=KIND, details=details, actor=SYSTEM, now=now)


def ensure_outcomes(organizations: Mapping[str, Organization], *, now: datetime) -> int:
    """
    Have an app report resolved tickets. Once their windows have passed, one that was opened again
    is reversed, and the customer disputes another.

    Returns how many of them were charged at some time.
    """
    organization = organizations.get(PROFESSIONAL.external_id)
    if organization is None:
        return 0
    for reference, hours, subject in TICKETS:
        at = now - timedelta(hours=hours)
        facts = OutcomeFacts(reference, occurred_at=at, evidence={"subject": subject})
        record_outcome(organization=organization, code=KIND, facts=facts, now=at)
    confirm_due_outcomes(now=now)
    outcomes = Outcome.objects.owned_by(organization)
    opened_again = outcomes.get(reference=REVERSED)
    if opened_again.status != OutcomeStatus.REVERSED:
        reverse_outcome(
            outcome=opened_again,
            reason="The customer opened the ticket again",
            actor=SYSTEM,
            now=now,
        )
    doubted = outcomes.get(reference=DISPUTED)
    if find_dispute(outcome=doubted) is None:
        open_dispute(
            outcome=doubted,
            reason="The answer was in English; we had to write it again ourselves.",
            actor=Actor.for_user(User.objects.get(email=PROFESSIONAL.owner.email)),
            now=now,
        )
    return outcomes.exclude(event_key=None).count()

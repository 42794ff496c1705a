"""Reads of outcomes and their definitions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.errors import NotFound

from ..choices import DisputeStatus, OutcomeStatus
from ..models import Outcome, OutcomeDefinition, OutcomeDispute


class OutcomeNotFound(NotFound):
    """There is no such outcome, or it is another organization's."""

    code = "outcome_not_found"
    title = "No such outcome"


class OutcomeNotDefined(NotFound):
    """Staff have defined no outcome of this code."""

    code = "outcome_not_defined"
    title = "No such kind of outcome"


def get_definition(*, code: str) -> OutcomeDefinition:
    """Return a kind of outcome. Raises `OutcomeNotDefined`."""
    definition = OutcomeDefinition.objects.filter(code=code).select_related("meter").first()
    if definition is None:
        raise OutcomeNotDefined(f"There is no outcome “{code}”.")
    return definition


def get_outcome(*, organization: Organization, public_id: str) -> Outcome:
    """
    Return an outcome with its definition and organization loaded.

    Raises `OutcomeNotFound`, also for another organization's.
    """
    outcome = _loaded().owned_by(organization).filter(public_id=public_id).first()
    if outcome is None:
        raise OutcomeNotFound("There is no such outcome.")
    return outcome


def find_outcome(
    *, organization: Organization, definition: OutcomeDefinition, reference: str
) -> Outcome | None:
    """Return the outcome that an app knows by this reference; None if there is none."""
    return (
        _loaded().owned_by(organization).filter(definition=definition, reference=reference).first()
    )


def find_dispute(*, outcome: Outcome) -> OutcomeDispute | None:
    """Return what the customer says against an outcome, with both loaded; None if nothing."""
    return (
        OutcomeDispute.objects.filter(
            organization_id=outcome.organization_id, outcome_id=outcome.pk
        )
        .select_related("outcome__definition", "organization")
        .first()
    )


def map_disputes(
    *, organization: Organization, outcomes: Iterable[Outcome]
) -> Mapping[int, OutcomeDispute]:
    """Return what the customer says against outcomes of theirs, by the outcome's key."""
    keys = [outcome.pk for outcome in outcomes]
    disputes = OutcomeDispute.objects.owned_by(organization).filter(outcome_id__in=keys)
    return {dispute.outcome_id: dispute for dispute in disputes}


def list_outcomes(
    *,
    organization: Organization,
    limit: int,
    status: OutcomeStatus | None = None,
    code: str | None = None,
    after: Outcome | None = None,
) -> Sequence[Outcome]:
    """Return the outcomes, newest first; of one status and one kind if they are named."""
    outcomes = _loaded().owned_by(organization).order_by("-pk")
    if status is not None:
        outcomes = outcomes.filter(status=status)
    if code is not None:
        outcomes = outcomes.filter(definition__code=code)
    if after is not None:
        outcomes = outcomes.filter(pk__lt=after.pk)
    return list(outcomes[:limit])


@dataclass(frozen=True, slots=True)
class OutcomeCounts:
    """How many outcomes of a kind there are in a span, by where they stand."""

    definition: OutcomeDefinition
    pending: int
    confirmed: int
    reversed: int


def has_outcomes(*, organization: Organization) -> bool:
    """Whether outcomes were reported of an organization."""
    return Outcome.objects.owned_by(organization).exists()


def count_outcomes(
    *, organization: Organization, since: datetime, until: datetime, features: Collection[str]
) -> list[OutcomeCounts]:
    """
    Return the outcomes that occurred in a span, by kind; also kinds without any that a feature
    of the plan charges. The kinds are in the order of their names, with their meters loaded.
    """
    found: dict[int, dict[str, int]] = {}
    rows = (
        Outcome.objects.owned_by(organization)
        .filter(occurred_at__gte=since, occurred_at__lt=until)
        .values_list("definition_id", "status")
        .annotate(count=Count("pk"))
        .order_by()
    )
    for definition_id, status, count in rows:
        found.setdefault(definition_id, {})[status] = count
    definitions = OutcomeDefinition.objects.filter(Q(pk__in=found) | Q(meter__code__in=features))
    return [
        OutcomeCounts(
            definition=definition,
            pending=found.get(definition.pk, {}).get(OutcomeStatus.PENDING, 0),
            confirmed=found.get(definition.pk, {}).get(OutcomeStatus.CONFIRMED, 0),
            reversed=found.get(definition.pk, {}).get(OutcomeStatus.REVERSED, 0),
        )
        for definition in definitions.select_related("meter").order_by("name", "pk")
    ]


def list_organizations_to_confirm(*, now: datetime) -> list[int]:
    """Return the keys of the organizations in whose time the window of an outcome has passed."""
    due = Outcome.objects.filter(
        status=OutcomeStatus.PENDING,
        organization__closed_at=None,
        confirms_at__lte=now + F("organization__clock_ahead"),
    ).exclude(dispute__status=DisputeStatus.OPEN)
    return list(
        due.order_by("organization_id").values_list("organization_id", flat=True).distinct()
    )


def list_outcomes_to_confirm(*, organization_id: int, now: datetime) -> QuerySet[Outcome]:
    """
    Return the outcomes of an organization whose window has passed, the oldest first.

    What the customer disputes waits for the decision.
    """
    return (
        _loaded()
        .filter(organization_id=organization_id, status=OutcomeStatus.PENDING, confirms_at__lte=now)
        .exclude(dispute__status=DisputeStatus.OPEN)
        .order_by("confirms_at", "pk")
    )


def _loaded() -> OrganizationOwnedQuerySet[Outcome]:
    return Outcome.objects.select_related("definition", "organization", "meter")

"""
Replay a campaign's cohort in the background, under a lease.

Some customers at a time are one transaction, so that the page can say how far it has come. A
worker that dies leaves what it has done; the next one takes the lease once it is over, and goes on
with the customers that are missing.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import Membership
from config.kernel.ids import new_id
from config.kernel.periods import boundary

from ..agreements.queries import agreed_price
from ..catalog.queries import (
    get_plan_version_terms,
    list_feature_labels,
    list_newest_versions,
)
from ..choices import AgreementStatus, FeatureKind, SimulationStatus
from ..models import (
    Agreement,
    RepricingCampaign,
    SimulatedCustomer,
    SimulatedPlan,
    Simulation,
)
from ..rating.replay import MonthUsed
from .cohorts import list_months_used
from .comparing import Basket, Comparison, Conversion, Standing, compare

# Longer than some customers take, many times over.
LEASE_LENGTH: Final = timedelta(minutes=2)
AT_ONCE: Final = 50

Clock = Callable[[], datetime]


class LeaseLost(RuntimeError):
    """Another worker makes this simulation now."""


def cohort_of(campaign: RepricingCampaign) -> QuerySet[Agreement]:
    """
    Return the agreements that a campaign is about, the oldest first.

    They are live and paid for, on one of its plans, and neither on trial nor going to end.
    """
    return Agreement.objects.filter(
        plan_version__plan__in=campaign.from_plans.all(),
        status__in=(AgreementStatus.ACTIVE, AgreementStatus.PAST_DUE),
        cancel_at=None,
        organization__closed_at=None,
    ).order_by("pk")


def make_simulation(*, simulation_id: int, clock: Clock) -> bool:
    """
    Make a simulation if nobody else does, and return whether it is done now.

    What goes wrong is raised, and the simulation has failed; staff start another one.
    """
    simulation = _claim(simulation_id, now=clock())
    if simulation is None:
        return False
    try:
        _replay_all(simulation, clock=clock)
    except LeaseLost:
        return False
    except Exception:
        _held(simulation).update(
            status=SimulationStatus.FAILED, lease="", leased_until=None, ended_at=clock()
        )
        raise
    return True


def make_due_simulations(*, clock: Clock) -> int:
    """Make the simulations whose bell nobody heard, or whose worker died, the oldest first."""
    due = list(_due(clock()).order_by("pk").values_list("pk", flat=True))
    return sum(make_simulation(simulation_id=simulation_id, clock=clock) for simulation_id in due)


def _claim(simulation_id: int, *, now: datetime) -> Simulation | None:
    with transaction.atomic():
        due = _due(now).filter(pk=simulation_id).select_for_update(of=("self",), skip_locked=True)
        simulation = due.select_related("campaign").first()
        if simulation is None:
            return None
        missing = _missing(simulation).count()
        simulation.status, simulation.lease = SimulationStatus.RUNNING, new_id("lease")
        simulation.leased_until = now + LEASE_LENGTH
        simulation.done_count = simulation.customers.count()
        simulation.total_count = simulation.done_count + missing
        simulation.save()
    return simulation


def _replay_all(simulation: Simulation, *, clock: Clock) -> None:
    """Raises `LeaseLost`."""
    basket = basket_of(simulation.campaign, at=simulation.as_of)
    missing = list(_missing(simulation).values_list("pk", flat=True))
    for first in range(0, len(missing), AT_ONCE):
        agreements = list(
            Agreement.objects.filter(pk__in=missing[first : first + AT_ONCE])
            .select_related("plan_version__plan", "organization")
            .order_by("pk")
        )
        standings = _standings(simulation, agreements)
        compared = [
            (agreement, standing, compare(standing, basket))
            for agreement, standing in zip(agreements, standings, strict=True)
        ]
        with transaction.atomic():
            _store(simulation, compared)
            simulation.done_count += len(compared)
            _prolong(simulation, now=clock())
    _finish(simulation, now=clock())


def basket_of(campaign: RepricingCampaign, *, at: datetime) -> Basket:
    """Return what a campaign offers at a moment: the newest version of each plan, in order."""
    plans = list(campaign.to_plans.order_by("position", "code"))
    versions = {
        version.plan_id: version
        for version in list_newest_versions(plan_ids=[plan.pk for plan in plans], at=at)
    }
    labels = list_feature_labels()
    return Basket(
        plans=tuple(
            get_plan_version_terms(plan_version_id=versions[plan.pk].pk)
            for plan in plans
            if plan.pk in versions
        ),
        conversions=tuple(
            Conversion(row.from_feature.code, row.to_feature.code, row.factor)
            for row in campaign.conversions.select_related("from_feature", "to_feature")
        ),
        defaults={
            code: label.default_value
            for code, label in labels.items()
            if label.kind != FeatureKind.METERED
        },
    )


def _standings(simulation: Simulation, agreements: Sequence[Agreement]) -> Iterator[Standing]:
    organization_ids = [agreement.organization_id for agreement in agreements]
    wanted = simulation.campaign.history_months
    # The months of a customer end on a day of its own, up to a month before the moment.
    used = list_months_used(
        organization_ids=organization_ids,
        since=boundary(simulation.as_of, months=-wanted - 1),
        until=simulation.as_of,
    )
    members = dict(
        Membership.objects.filter(organization_id__in=organization_ids)
        .order_by()
        .values_list("organization_id")
        .annotate(Count("pk"))
    )
    for agreement in agreements:
        organization_id = agreement.organization_id
        yield Standing(
            terms=get_plan_version_terms(plan_version_id=agreement.plan_version_id),
            currency=agreement.currency,
            interval=agreement.interval,
            paid_seats=agreement.seats,
            seats=_seats_in_use(agreement, members=members.get(organization_id, 0)),
            months=tuple(used.get(organization_id, [])[-wanted:]),
        )


def _seats_in_use(agreement: Agreement, *, members: int) -> int:
    """Seats that are paid one by one are in use; of others there are as many as members."""
    is_paid_for_each = agreed_price(agreement).per_seat is not None
    return max(1, members, agreement.seats if is_paid_for_each else 0)


def _store(
    simulation: Simulation, compared: Sequence[tuple[Agreement, Standing, Comparison]]
) -> None:
    customers = SimulatedCustomer.objects.bulk_create(
        _customer_row(simulation, *each) for each in compared
    )
    SimulatedPlan.objects.bulk_create(
        row
        for customer, (_agreement, _standing, comparison) in zip(customers, compared, strict=True)
        for row in _plan_rows(customer, comparison)
    )


def _customer_row(
    simulation: Simulation, agreement: Agreement, standing: Standing, comparison: Comparison
) -> SimulatedCustomer:
    best = comparison.best
    cost = None if best is None else best.cost
    return SimulatedCustomer(
        simulation=simulation,
        organization_id=agreement.organization_id,
        agreement=agreement,
        month_count=len(standing.months),
        months=[_month_as_json(month) for month in standing.months],
        seats=standing.seats,
        currency=agreement.currency,
        current_average_minor=comparison.current.average.minor,
        current_worst_minor=comparison.current.worst.minor,
        current_monthly_minor=[month.minor for month in comparison.current.monthly],
        verdict=comparison.verdict,
        best_plan_version_id=None if best is None else best.version_id,
        best_average_minor=None if cost is None else cost.average.minor,
        best_worst_minor=None if cost is None else cost.worst.minor,
        saving_minor=comparison.saving_minor,
    )


def _month_as_json(month: MonthUsed) -> dict[str, Any]:
    return {
        "starts_at": month.starts_at.isoformat(),
        "ends_at": month.ends_at.isoformat(),
        "used": {code: str(quantity) for code, quantity in month.used.items()},
    }


def _plan_rows(customer: SimulatedCustomer, comparison: Comparison) -> Iterator[SimulatedPlan]:
    for plan in comparison.alternatives:
        cost = plan.cost
        yield SimulatedPlan(
            customer=customer,
            plan_version_id=plan.version_id,
            interval=plan.interval,
            seats=plan.seats,
            objections=[objection.as_json() for objection in plan.objections],
            monthly_minor=[] if cost is None else [month.minor for month in cost.monthly],
            average_minor=None if cost is None else cost.average.minor,
            worst_minor=None if cost is None else cost.worst.minor,
        )


def _prolong(simulation: Simulation, *, now: datetime) -> None:
    progressed = _held(simulation).update(
        done_count=simulation.done_count, leased_until=now + LEASE_LENGTH
    )
    if not progressed:
        raise LeaseLost(simulation.public_id)


def _finish(simulation: Simulation, *, now: datetime) -> None:
    """Done: it takes the place of those before it."""
    with transaction.atomic():
        done = _held(simulation).update(
            status=SimulationStatus.DONE, lease="", leased_until=None, ended_at=now
        )
        if not done:
            raise LeaseLost(simulation.public_id)
        Simulation.objects.filter(campaign_id=simulation.campaign_id, pk__lt=simulation.pk).delete()


def _missing(simulation: Simulation) -> QuerySet[Agreement]:
    done = SimulatedCustomer.objects.filter(
        simulation=simulation, organization_id=OuterRef("organization_id")
    )
    return cohort_of(simulation.campaign).exclude(Exists(done))


def _due(now: datetime) -> QuerySet[Simulation]:
    return Simulation.objects.filter(
        Q(status=SimulationStatus.WAITING)
        | Q(status=SimulationStatus.RUNNING, leased_until__lte=now)
    )


def _held(simulation: Simulation) -> QuerySet[Simulation]:
    return Simulation.objects.filter(
        pk=simulation.pk, status=SimulationStatus.RUNNING, lease=simulation.lease
    )

"""What serving customers costs apart from their usage: staff say it, a month at a time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import differences, record
from accounts.models import Organization
from accounts.names import clean_name
from config.kernel.constraints import LARGEST_UNIT_PRICE
from config.kernel.errors import Invalid
from config.kernel.periods import Period
from config.kernel.quantities import ZERO

from ..agreements.seat_history import SeatHistory, read_seat_histories
from ..choices import CostBasis
from ..models import Agreement, CustomerCost
from .windows import REHEARSED, Windows, midnight, overlap, ratio

_LONGEST_NAME = 80
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CostDetails:
    """
    What staff say of a cost: so much a month, in major units of the reporting currency, for one
    organization (None: every one that has an agreement), for it or for each of its seats.
    """

    name: str
    monthly_cost: Decimal
    first_date: date
    last_date: date | None = None
    basis: str = CostBasis.ORGANIZATION
    organization_id: int | None = None

    def cleaned(self) -> "CostDetails":
        """The same as it is stored. Raises `Invalid`."""
        if not ZERO <= self.monthly_cost < LARGEST_UNIT_PRICE:
            raise Invalid(_("A cost is zero or more."))
        if self.last_date is not None and self.last_date < self.first_date:
            raise Invalid(_("The last day comes before the first."))
        if self.basis not in CostBasis.values:
            raise Invalid(_("A cost is for each organization or for each seat."))
        return CostDetails(
            clean_name(self.name, what=_("The name"), longest=_LONGEST_NAME),
            self.monthly_cost,
            self.first_date,
            self.last_date,
            self.basis,
            self.organization_id,
        )


@transaction.atomic
def add_cost(*, details: CostDetails, actor: Actor, now: datetime) -> CustomerCost:
    """Store a further cost of serving. Raises `Invalid`."""
    fields = asdict(details.cleaned())
    cost = CustomerCost(**fields)
    cost.save(force_insert=True)
    _note(cost, "customer_cost.added", differences(dict.fromkeys(fields), fields), actor, now)
    return cost


@transaction.atomic
def change_cost(
    *, cost: CustomerCost, details: CostDetails, actor: Actor, now: datetime
) -> CustomerCost:
    """
    Change what is said of a cost, also of the past: margins are reckoned anew. To let it end, give
    it a last day. Writes nothing if nothing is different. Raises `Invalid`.
    """
    current = CustomerCost.objects.select_for_update().get(pk=cost.pk)
    after = asdict(details.cleaned())
    changes = differences({name: getattr(current, name) for name in after}, after)
    if not changes:
        return current
    for name, value in after.items():
        setattr(current, name, value)
    current.save(update_fields=list(after))
    _note(current, "customer_cost.changed", changes, actor, now)
    return current


class OtherCost(NamedTuple):
    """What serving a customer costs within a span, in major units of the reporting currency."""

    slot: int
    organization_id: int
    cost: Decimal


class _Life(NamedTuple):
    """A time in which an agreement is for so many seats."""

    started_at: datetime
    ended_at: datetime | None
    seats: int


def list_other_costs(windows: Windows) -> list[OtherCost]:
    """
    Return what serving each customer costs within each span, apart from its usage.

    A monthly amount is spread evenly over each month of the calendar; over a customer's own month
    of usage where that is looked at. A cost for everybody counts while there is an agreement, one
    for each seat with the seats that were agreed then. Four statements.
    """
    reach = windows.reach()
    costs = list(
        CustomerCost.objects.filter(first_date__lt=reach.ends_at.date() + _DAY).exclude(
            last_date__lt=reach.starts_at.date() - _DAY
        )
    )
    if not costs:
        return []
    lives = _lives(reach, windows.only)
    organizations = Organization.objects.filter(clock_ahead=REHEARSED).filter(
        Q(pk__in=list(lives)) | Q(pk__in=[cost.organization_id for cost in costs])
    )
    if windows.only is not None:
        organizations = organizations.filter(pk=windows.only)
    sums: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for organization_id, time_zone in organizations.values_list("pk", "time_zone"):
        zone = ZoneInfo(time_zone)
        for cost in costs:
            if cost.organization_id in (None, organization_id):
                lived = lives.get(organization_id, [])
                for slot, inside, month in windows.months_of(organization_id, zone):
                    sums[slot, organization_id] += _cost_in(cost, inside, month, zone, lived)
    return [OtherCost(*key, cost=amount) for key, amount in sums.items() if amount]


def _cost_in(
    cost: CustomerCost, inside: Period, month: Period, zone: ZoneInfo, lives: Iterable[_Life]
) -> Decimal:
    """What a cost comes to in the part of a month that is looked at."""
    valid = overlap(
        inside,
        since=midnight(cost.first_date, zone),
        until=None if cost.last_date is None else midnight(cost.last_date + _DAY, zone),
    )
    if valid is None:
        return ZERO
    if cost.basis == CostBasis.ORGANIZATION and cost.organization_id is not None:
        monthly: Decimal = cost.monthly_cost
        return monthly * ratio(valid, month)
    return sum(_costs_of_lives(cost, valid, month, lives), ZERO)


def _costs_of_lives(
    cost: CustomerCost, valid: Period, month: Period, lives: Iterable[_Life]
) -> Iterator[Decimal]:
    for life in lives:
        served = overlap(valid, since=life.started_at, until=life.ended_at)
        if served is not None:
            count = life.seats if cost.basis == CostBasis.SEAT else 1
            yield cost.monthly_cost * count * ratio(served, month)


def _lives(reach: Period, only: int | None) -> dict[int, list[_Life]]:
    agreements = Agreement.objects.filter(started_at__lt=reach.ends_at).exclude(
        ended_at__lte=reach.starts_at
    )
    if only is not None:
        agreements = agreements.filter(organization_id=only)
    lives: dict[int, list[_Life]] = defaultdict(list)
    listed = list(agreements.order_by("pk"))
    histories = read_seat_histories(listed)
    for agreement in listed:
        lives[agreement.organization_id] += _lives_of(agreement, histories[agreement.pk])
    return lives


def _lives_of(agreement: Agreement, history: SeatHistory) -> Iterator[_Life]:
    edges = history.edges()
    for since, until in zip(
        [agreement.started_at, *edges], [*edges, agreement.ended_at], strict=True
    ):
        yield _Life(since, until, history.at(since).seats)


def _note(
    cost: CustomerCost, action: str, changes: dict[str, list[Any]], actor: Actor, now: datetime
) -> None:
    # Without its organization: customers read theirs, and what they cost us stays inside.
    plain = {
        name: [None if value is None else str(value) for value in pair]
        for name, pair in changes.items()
    }
    record(actor=actor, action=action, target=cost.public_id, changes=plain, now=now)

"""Random lives of an organization, and what plain sums over its events say about them."""

import random
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Self
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import ApiKey, Organization
from accounts.organizations.locking import lock_organization
from metering.choices import TransferKind
from metering.models import LedgerTransfer, Meter, UsageEvent, UsagePeriod, UsageReversal
from metering.operations import record_usage
from metering.queries import By
from metering.usage.reports import MeterTerms
from metering.usage.rollups import fill_rollups
from metering.usage.state import ask_for_ledger
from tests.factories.accounts import make_api_key
from tests.factories.metering import ANCHOR, close, grant, open_through, report, reverse, terms
from tests.support.chance import chance_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)

Sums = tuple[Decimal, Decimal, Decimal, Decimal, int]
NOTHING: Sums = (Decimal(0), Decimal(0), Decimal(0), Decimal(0), 0)


@dataclass
class History:
    """
    A random life of one organization: usage by several members and keys, some of it late, some
    taken back, credits that pay for overage afterwards, periods that close, sums filled halfway.
    """

    chance: random.Random
    organization: Organization
    meter: Meter
    terms: MeterTerms
    keys: list[ApiKey | None]
    now: datetime
    happened: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, organization: Organization, meter: Meter, *, seed: int) -> Self:
        """A life that has just begun; the same seed leads the same life."""
        chance = chance_of(seed)
        keys = [None, *(make_api_key(owner).api_key for owner in (organization, None))]
        # Periods begin within an hour, which then belongs to two of them.
        plan = terms(meter, allowance=60, starts_at=ANCHOR + timedelta(minutes=13))
        return cls(chance, organization, meter, plan, keys, now=plan.starts_at)

    def live(self, steps: int) -> None:
        """Let something happen, again and again, hours or days apart."""
        often: list[Callable[[], None]] = [self.use] * 8
        seldom = [self.take_back, self.take_back, self.give, self.come_late, self.fill, self.close]
        for _ in range(steps):
            self.now += timedelta(seconds=self.chance.randrange(1, 4 * 86_400))
            open_through(self.organization, self.terms, at=self.now)
            self.chance.choice([*often, *seldom])()

    def use(self) -> None:
        """Report some usage of the last two days, often just when an hour or a day begins."""
        earliest = max(self.now - 2 * DAY, self.period.starts_at)
        length = (self.now - earliest) // timedelta(microseconds=1)
        for _ in range(self.chance.randrange(1, 5)):
            at = earliest + timedelta(microseconds=self.chance.randrange(length + 1))
            if self.chance.random() < 0.3:
                minute = self.chance.choice([0, 0, 30, 45])
                at = max(at.replace(minute=minute, second=0, microsecond=0), earliest)
            self._report(min(at, self.now))

    def come_late(self) -> None:
        """Report usage of a period whose grace is over."""
        earlier = self.period.starts_at - 5 * HOUR
        if earlier > self.terms.starts_at and self.now > self.period.starts_at + DAY:
            self._report(earlier)
            self.happened.add("late")

    def take_back(self) -> None:
        """Reverse an event."""
        if booked := self.surviving():
            event_id = self.chance.choice(booked).event_id
            reverse(self.organization, event_id, at=self.now)
            self.happened.add("reversed")

    def give(self) -> None:
        """Grant credits that overage of the past may use."""
        amount = self.chance.randrange(1, 90)
        since = max(self.terms.starts_at, self.now - 20 * DAY)
        grant(self.organization, self.meter, amount, effective_at=since)

    def fill(self) -> None:
        """Bring the sums up to here, in steps of any size."""
        fill_rollups(organization_id=self.organization.pk, step=self.chance.choice([1, 3, 50]))
        self.happened.add("filled")

    def close(self) -> None:
        """Close the periods that are due."""
        close(self.organization, at=self.now, anchor_at=self.terms.starts_at)

    @property
    def period(self) -> UsagePeriod:
        """The period that it is."""
        return UsagePeriod.objects.get(
            organization=self.organization, starts_at__lte=self.now, ends_at__gt=self.now
        )

    def surviving(self) -> list[UsageEvent]:
        """The events that were not taken back."""
        gone = UsageReversal.objects.filter(organization=self.organization)
        return list(
            UsageEvent.objects.filter(organization=self.organization)
            .exclude(event_id__in=gone.values("event_key"))
            .select_related("action", "api_key")
            .order_by("pk")
        )

    def spans(self, count: int) -> Iterator[tuple[datetime, datetime]]:
        """
        Every usage period, alone and all together, and some spans of any length; days and hours
        among their ends.
        """
        periods = list(
            UsagePeriod.objects.filter(organization=self.organization)
            .order_by("starts_at")
            .values_list("starts_at", "ends_at")
        )
        yield from periods
        yield periods[0][0], periods[-1][1]
        zone = ZoneInfo(self.organization.time_zone)
        life = (self.now - self.terms.starts_at) // timedelta(microseconds=1)
        for _ in range(count):
            moments = [
                self.terms.starts_at + timedelta(microseconds=self.chance.randrange(life))
                for _ in range(2)
            ]
            if self.chance.random() < 0.5:
                local = moments[0].astimezone(zone)
                moments[0] = local.replace(hour=0, minute=0, second=0, microsecond=0)
            if self.chance.random() < 0.5:
                moments[1] = moments[1].replace(minute=0, second=0, microsecond=0)
            first, last = sorted(moment.astimezone(UTC) for moment in moments)
            yield first, last + timedelta(microseconds=1)

    def _report(self, at: datetime) -> None:
        action = self.chance.choice([None, "EXTRACT_TEXT", "SUMMARIZE_SHORT"])
        sent = report(
            f"evt-{UsageEvent.objects.count()}",
            self.chance.choice(["1", "2.5", "0.000001", "3"]),
            action=action,
            meter=None if action else self.terms.meter,
            at=at,
            member=self.chance.choice(["", "ann", "bob"]),
            cost=self.chance.choice([None, Decimal("0.000000000007")]),
        )
        key = self.chance.choice(self.keys)
        with transaction.atomic():
            lock_organization(organization_id=self.organization.pk)
            recorded = record_usage(
                state=ask_for_ledger(
                    organization_id=self.organization.pk, reports=[sent], received_at=self.now
                ),
                reports=[sent],
                terms=[self.terms],
                api_key_id=None if key is None else key.pk,
            )
        assert recorded.receipts[0].outcome in ("accepted", "late"), recorded.receipts


@dataclass(frozen=True)
class Entry:
    """An event that was not taken back, and what nothing has paid for of it until now."""

    event: UsageEvent
    overage: Decimal


def entries_of(history: History) -> list[Entry]:
    """The events of a history, one by one."""
    covered: dict[str | None, Decimal] = defaultdict(Decimal)
    for event_id, amount in LedgerTransfer.objects.filter(
        organization=history.organization, kind=TransferKind.COVER
    ).values_list("event_key", "amount"):
        covered[event_id] += amount
        history.happened.add("covered")
    return [
        Entry(event, event.overage_credits - covered[event.event_id])
        for event in history.surviving()
    ]


def own_key_of(event: UsageEvent) -> str | None:
    """The id of the key that reported an event, unless it is a key of the platform."""
    key = event.api_key
    is_own = key is not None and key.organization_id == event.organization_id
    return key.public_id if key is not None and is_own else None


def plain_sums(
    entries: list[Entry], starts_at: datetime, ends_at: datetime, *, by: By, time_zone: str
) -> dict[Hashable, Sums]:
    """What a sum over the events themselves says."""
    zone = ZoneInfo(time_zone)
    key_of: dict[By, Callable[[UsageEvent], Hashable]] = {
        By.DAY: lambda event: event.counted_at.astimezone(zone).date(),
        By.HOUR: lambda event: event.counted_at.replace(minute=0, second=0, microsecond=0),
        By.ACTION: lambda event: event.action and event.action.code,
        By.MEMBER: lambda event: event.member,
        By.API_KEY: lambda event: own_key_of(event),
    }
    sums: dict[Hashable, Sums] = {}
    for entry in entries:
        event = entry.event
        if not starts_at <= event.counted_at < ends_at:
            continue
        key = key_of[by](event)
        quantity, credits, overage, cost, count = sums.get(key, NOTHING)
        sums[key] = (
            quantity + event.quantity,
            credits + event.credits,
            overage + entry.overage,
            cost + event.cost,
            count + 1,
        )
    return sums

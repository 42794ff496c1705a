"""
The ledger of one organization and meter in plain Python: no database, no cache, no batch.

It says what should be, in the simplest way there is: every question is answered by looking
through everything. It shares no code with the ledger but the periods of the calendar.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from config.kernel.periods import Interval, boundary, period_at

from .records import (
    GRACE,
    INSTANT,
    PLACES,
    ZERO,
    ModelEvent,
    ModelGrant,
    ModelHold,
    ModelPeriod,
    ModelPolicy,
    ModelTotals,
    Paid,
    share_of,
    total,
)


@dataclass
class ModelLedger:
    """Everything that an organization was given and has used on one meter."""

    anchor: datetime
    allowance: Decimal | None
    aggregation: str = "sum"
    grants: list[ModelGrant] = field(default_factory=list)
    periods: list[ModelPeriod] = field(default_factory=list)
    events: dict[str, ModelEvent] = field(default_factory=dict)
    holds: list[ModelHold] = field(default_factory=list)
    ended_at: datetime | None = None

    # --- credits --------------------------------------------------------------------------

    def give(
        self,
        category: str,
        amount: Decimal,
        effective_at: datetime,
        expires_at: datetime | None,
        *,
        priority: int = 100,
        actions: Iterable[str] = (),
    ) -> ModelGrant:
        given = ModelGrant(
            number=len(self.grants),
            category=category,
            amount=amount,
            remaining=amount,
            priority=priority,
            effective_at=effective_at,
            expires_at=expires_at,
            actions=frozenset(actions),
        )
        self.grants.append(given)
        if given.category != "allowance":
            self.let_credits_pay([given])
        return given

    def draw(
        self,
        quantity: Decimal,
        at: datetime,
        action: str | None,
        *,
        payers: Iterable[ModelGrant] | None = None,
    ) -> Paid:
        """Take from the grants that may pay, in burn order, as far as they reach."""
        parts: Paid = []
        for grant in sorted(self.grants if payers is None else payers, key=ModelGrant.rank):
            taken = min(grant.remaining, quantity - total(parts))
            if taken > ZERO and grant.may_pay(at, action):
                grant.remaining -= taken
                parts.append((grant, taken))
        return parts

    def spendable(self, at: datetime, action: str | None = None) -> Decimal:
        return sum((g.remaining for g in self.grants if g.may_pay(at, action)), ZERO)

    def let_credits_pay(
        self, payers: Iterable[ModelGrant], settled: ModelPeriod | None = None
    ) -> Decimal:
        """Credits that came never lie idle beside overage: the oldest event first."""
        payers = set(payers)
        paid_in_settled = ZERO
        for event in sorted(self.events.values(), key=lambda e: (e.counted_at, e.number)):
            is_closed = event.period.closed is not None
            if is_closed and event.period is not settled:
                continue
            if event.unpaid == ZERO or event.period.allowance is None:
                continue
            parts = self.draw(event.unpaid, event.counted_at, event.action, payers=payers)
            event.covered += parts
            if is_closed:
                paid_in_settled += total(parts)
        return paid_in_settled

    def give_back(self, parts: Paid) -> None:
        for grant, amount in parts:
            grant.remaining += amount

    def expire_returned(self, parts: Paid, at: datetime) -> None:
        for grant, _ in parts:
            is_booked = grant.has_lapsed or self._has_closed_with(grant)
            if (grant.is_over(at) or is_booked) and not self._waits_for_a_close(grant):
                grant.remaining = ZERO

    def _has_closed_with(self, grant: ModelGrant) -> bool:
        return grant.is_of_agreement and any(
            period.closed is not None
            and grant.ends_at is not None
            and period.ends_at >= grant.ends_at
            for period in self.periods
        )

    def _waits_for_a_close(self, grant: ModelGrant) -> bool:
        """The close of the period that it ends with says what becomes of it."""
        return grant.is_of_agreement and any(
            period.closed is None and grant.ends_at is not None and period.starts_at < grant.ends_at
            for period in self.periods
        )

    # --- periods --------------------------------------------------------------------------

    def open_through(self, at: datetime) -> None:
        while self.ended_at is None and (not self.periods or self.periods[-1].ends_at <= at):
            start = self.periods[-1].ends_at if self.periods else self.anchor
            month = period_at(self.anchor, interval=Interval.MONTH, at=start)
            self.periods.append(
                ModelPeriod(month.starts_at, month.ends_at, month.ends_at + GRACE, self.allowance)
            )
            if self.allowance:
                self.give("allowance", self.allowance, month.starts_at, month.ends_at)

    def used(self, period: ModelPeriod) -> Decimal:
        standing = (e for e in self.events.values() if e.period is period and not e.is_reversed)
        return sum((event.credits for event in standing), ZERO)

    def overage(self, period: ModelPeriod) -> Decimal:
        return sum((e.unpaid for e in self.events.values() if e.period is period), ZERO)

    def totals(self, period: ModelPeriod) -> ModelTotals:
        return period.closed or ModelTotals(self.used(period), self.overage(period))

    def place(self, occurred_at: datetime, at: datetime) -> tuple[ModelPeriod, datetime] | None:
        """Where an event is counted, and when."""
        still_open = [p for p in self.periods if p.closed is None]
        for period in still_open:
            if period.starts_at <= occurred_at < period.ends_at and at < period.closes_at:
                return period, occurred_at
        begun = [period for period in still_open if period.starts_at <= at]
        return (begun[-1], min(at, begun[-1].ends_at - INSTANT)) if begun else None

    def raise_allowance(self, allowance: Decimal | None, share: Decimal, at: datetime) -> None:
        period = self.periods[-1]
        self.allowance = allowance
        if period.allowance is None or (allowance is not None and allowance <= period.allowance):
            return
        before, period.allowance = period.allowance, allowance
        if allowance is not None:
            step = ((allowance - before) * share).quantize(PLACES, ROUND_DOWN)
            if step:
                self.give("allowance", step, at, period.ends_at)

    def close(self, policy: ModelPolicy | None, now: datetime) -> ModelTotals:
        """Close the oldest period that is open."""
        period = next(p for p in self.periods if p.closed is None)
        self.release_due_holds(period.closes_at)
        used, overage = self.used(period), self.overage(period)
        ending = [
            g for g in self._of_agreement(period) if g.ends_at and g.ends_at <= period.ends_at
        ]
        ending.sort(key=lambda g: (g.category, g.ends_at, g.number))
        rolled: Paid = []
        expired = ZERO
        if policy is not None and period.allowance is not None:
            rolled, expired = self._roll_over(policy, period, period.allowance, ending)
        for grant in ending:
            expired += grant.remaining
            grant.remaining = ZERO
        expired -= total(rolled)
        period.closed = ModelTotals(used, overage, expired, total(rolled))
        if policy is not None:
            for _, amount in rolled:
                self.give(
                    "rollover",
                    amount,
                    period.ends_at,
                    self._end_of_term(policy, period),
                    priority=100 if policy.term_periods is None else 90,
                )
        return period.closed

    def _of_agreement(self, period: ModelPeriod) -> list[ModelGrant]:
        return [g for g in self.grants if g.is_of_agreement and g.effective_at < period.ends_at]

    def _roll_over(
        self,
        policy: ModelPolicy,
        period: ModelPeriod,
        allowance: Decimal,
        ending: list[ModelGrant],
    ) -> tuple[Paid, Decimal]:
        """What rolls over, by the grant that it was left on, and what the cap takes away."""
        living = [
            g
            for g in self._of_agreement(period)
            if g not in ending and g.category == "rollover" and (g.remaining or self._held(g))
        ]
        pool = sum((grant.remaining + self._held(grant) for grant in living), ZERO)
        slices = [
            g for g in ending if g.remaining and (policy.rerolls or g.category == "allowance")
        ]
        cap = None if policy.cap_percent is None else share_of(allowance, policy.cap_percent)
        room = None if cap is None else max(ZERO, cap - pool)
        if policy.basis == "allowance":
            bound = min(
                sum((g.remaining for g in slices), ZERO), share_of(allowance, policy.percent)
            )
            room = bound if room is None else min(room, bound)
        rolled: Paid = []
        for grant in slices:
            amount = grant.remaining
            if policy.basis == "unused":
                amount = share_of(grant.remaining, policy.percent)
            amount = amount if room is None else min(amount, room - total(rolled))
            if amount > ZERO:
                rolled.append((grant, amount))
        return rolled, self._trim(living, cap=cap, pool=pool)

    def _trim(self, living: list[ModelGrant], *, cap: Decimal | None, pool: Decimal) -> Decimal:
        """The pool never stands above the cap: what is too much goes, the first to end first."""
        trimmed = ZERO
        for grant in sorted(
            living, key=lambda g: (g.ends_at is None, g.ends_at or g.effective_at, g.number)
        ):
            gone = ZERO if cap is None else min(grant.remaining, max(ZERO, pool - trimmed - cap))
            grant.remaining -= gone
            trimmed += gone
        return trimmed

    def _held(self, grant: ModelGrant) -> Decimal:
        return total(
            part for h in self.holds if h.outcome is None for part in h.parts if part[0] is grant
        )

    def _end_of_term(self, policy: ModelPolicy, period: ModelPeriod) -> datetime | None:
        if policy.term_periods is None:
            return None
        end, anchor = period.ends_at, self.anchor
        months = (end.year - anchor.year) * 12 + end.month - anchor.month
        return boundary(anchor, months=months + policy.term_periods)

    def end(self, at: datetime) -> None:
        """The agreement ends, and with it what it gave."""
        self.ended_at = at
        cut = [p for p in self.periods if p.ends_at > at]
        for period in cut:
            counted = [e.counted_at for e in self.events.values() if e.period is period]
            earliest = max([period.starts_at, *counted]) + INSTANT
            period.ends_at = max(at, earliest)
            period.closes_at = period.ends_at + GRACE
        for grant in self.grants:
            if grant.is_of_agreement and (grant.ends_at is None or grant.ends_at > at):
                grant.ended_at = at
        if cut:
            for hold in [h for h in self.holds if h.outcome is None]:
                self.end_hold(hold, "released", at)

    def expire(self, now: datetime) -> None:
        """Grants whose life and grace are over; an agreement's go with its periods."""
        self.release_due_holds(now)
        for grant in self.grants:
            if grant.is_over(now) and self._may_expire(grant) and grant.remaining:
                grant.remaining = ZERO
                grant.has_lapsed = True

    def _may_expire(self, grant: ModelGrant) -> bool:
        return not grant.is_of_agreement or all(p.closed for p in self.periods)

    # --- usage ----------------------------------------------------------------------------

    def use(
        self,
        event_id: str,
        quantity: Decimal,
        *,
        at: datetime,
        occurred_at: datetime,
        action: str | None = None,
        seen: str = "",
        hold: ModelHold | None = None,
    ) -> ModelEvent:
        """Book one event, after those before it."""
        placed = self.place(occurred_at, at)
        assert placed is not None
        period, counted_at = placed
        returned = [] if hold is None else list(hold.parts)
        self.give_back(returned)
        paid = self._pay_from(returned, quantity)
        if total(returned) > total(paid):
            self.let_credits_pay(grant for grant, _ in returned)
        credits = self._credits_of(quantity, period, seen)
        if period.allowance is not None:
            paid += self.draw(credits - total(paid), counted_at, action)
        event = ModelEvent(
            event_id=event_id,
            number=len(self.events),
            quantity=quantity,
            credits=credits,
            action=action,
            occurred_at=occurred_at,
            counted_at=counted_at,
            period=period,
            overage=credits - total(paid),
            paid=paid,
            remaining=None if period.allowance is None else self.spendable(counted_at, action),
            seen=seen,
        )
        self.events[event_id] = event
        if hold is not None:
            hold.outcome = "settled"
            if total(returned) > total(paid):
                self.expire_returned(returned, at)
        return event

    def _pay_from(self, returned: Paid, quantity: Decimal) -> Paid:
        parts: Paid = []
        for grant, amount in returned:
            taken = min(amount, quantity - total(parts))
            if taken > ZERO:
                grant.remaining -= taken
                parts.append((grant, taken))
        return parts

    def _credits_of(self, quantity: Decimal, period: ModelPeriod, seen: str) -> Decimal:
        if self.aggregation == "count":
            return Decimal(1)
        if self.aggregation == "max":
            return max(ZERO, quantity - self.used(period))
        if self.aggregation == "unique":
            is_known = any(e.seen == seen and e.period is period for e in self.events.values())
            return ZERO if is_known else Decimal(1)
        return quantity

    def set_total(
        self, event_id: str, target: Decimal, *, at: datetime, occurred_at: datetime
    ) -> ModelEvent:
        """A report that says what the total of its period is."""
        placed = self.place(occurred_at, at)
        assert placed is not None
        period, counted_at = placed
        if self._is_outdated(period, occurred_at, counted_at):
            target = self.used(period)
        standing = sorted(
            (e for e in self.events.values() if e.period is period and not e.is_reversed),
            key=lambda e: (e.counted_at, e.number),
        )
        taken_back = []
        while self.used(period) > target:
            newest = standing.pop()
            if newest.credits:
                taken_back.append(newest)
                self._mirror(newest)
        if taken_back:
            self.let_credits_pay(
                grant for event in taken_back for grant, _ in event.paid + event.covered
            )
            for event in taken_back:
                self.expire_returned(event.paid + event.covered, at)
        booked = self.use(event_id, target - self.used(period), at=at, occurred_at=occurred_at)
        booked.quantity = target
        return booked

    def _is_outdated(
        self, period: ModelPeriod, occurred_at: datetime, counted_at: datetime
    ) -> bool:
        in_time = [
            e
            for e in self.events.values()
            if e.period is period and not e.is_reversed and e.counted_at == e.occurred_at
        ]
        return counted_at != occurred_at or any(e.counted_at > counted_at for e in in_time)

    def _mirror(self, event: ModelEvent) -> None:
        event.is_reversed = True
        self.give_back(event.paid)
        self.give_back(event.covered)

    def reverse(self, event: ModelEvent, now: datetime) -> tuple[Decimal, Decimal]:
        """Take an event back; return its unpaid overage, and how much less its period has."""
        unpaid = event.unpaid
        self._mirror(event)
        is_closed = event.period.closed is not None
        paid = self.let_credits_pay(
            [grant for grant, _ in event.paid + event.covered],
            event.period if is_closed else None,
        )
        self.expire_returned(event.paid + event.covered, now)
        return unpaid, unpaid + paid

    # --- holds ----------------------------------------------------------------------------

    def hold(
        self,
        key: str,
        quantity: Decimal,
        *,
        at: datetime,
        lasts: timedelta,
        action: str | None,
    ) -> ModelHold:
        period = self.periods[-1]
        parts = [] if period.allowance is None else self.draw(quantity, at, action)
        held = ModelHold(key, quantity, quantity - total(parts), action, parts, at, at + lasts)
        self.holds.append(held)
        return held

    def end_hold(self, hold: ModelHold, outcome: str, at: datetime) -> None:
        hold.outcome = outcome
        self.give_back(hold.parts)
        self.let_credits_pay(grant for grant, _ in hold.parts)
        self.expire_returned(hold.parts, at)

    def release_due_holds(self, now: datetime) -> None:
        """What is over comes back together; what outlived a period waits for its close."""
        due = [
            hold
            for hold in self.holds
            if hold.outcome is None and hold.expires_at <= now and not self._outlived_one(hold)
        ]
        due.sort(key=lambda hold: hold.expires_at)
        for hold in due:
            hold.outcome = "expired"
            self.give_back(hold.parts)
        self.let_credits_pay(grant for hold in due for grant, _ in hold.parts)
        for hold in due:
            self.expire_returned(hold.parts, hold.expires_at)

    def _outlived_one(self, hold: ModelHold) -> bool:
        return any(p.closed is None and p.closes_at < hold.expires_at for p in self.periods)

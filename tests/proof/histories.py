"""Random histories of one organization: what happens next, and with which values."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Final

from metering.choices import Aggregation, GrantCategory
from metering.models import Action
from metering.usage.reports import Mode, UsageReport

from .records import ModelPolicy
from .twin import RATES, Twin

Choice = Callable[["History"], None]

_NOW: Final = timedelta(0)
_SHARES: Final = [Decimal(1), Decimal("0.5"), Decimal("0.333333"), Decimal(0)]
ALLOWANCES: Final = [
    *(Decimal(amount) for amount in ("0", "50", "333.333333", "1000", "1000", "5000", "20000")),
    None,
]


class History:
    """
    One organization, and a source of chance that decides what happens to it.

    Everything is drawn from `random`, so that one seed is one history, and Hypothesis can make a
    history that fails as short as it can.
    """

    def __init__(self, twin: Twin, random: Random, actions: dict[str, Action]) -> None:
        self.twin = twin
        self.random = random
        self.actions = actions
        self.is_sum = twin.meter.aggregation == Aggregation.SUM
        self.policy = self._policy()
        self.has_ended = False

    def step(self) -> str:
        """Something happens, and the books are compared. Returns what it was."""
        [step] = self.random.choices(list(STEPS), weights=list(STEPS.values()))
        try:
            step(self)
            self.twin.compare()
        except Exception as difference:
            difference.add_note(f"in {step.__name__}, step {self.twin.steps}, {self.twin.now}")
            raise
        return step.__name__

    # --- usage ----------------------------------------------------------------------------

    def use(self) -> None:
        if not self.has_ended:
            count = self.random.choice([1, 1, 2, 3, 8, 20])
            first = len(self.twin.sent)
            self.twin.use(*[self._event(f"evt-{first + index}") for index in range(count)])

    def set_total(self) -> None:
        if self.is_sum and not self.has_ended:
            used = (
                self.twin.model.used(self.twin.model.periods[-1]) if self.twin.model.periods else 0
            )
            target = max(Decimal(0), used + self._quantity() - self._quantity())
            event_id = f"evt-{len(self.twin.sent)}"
            self.twin.use(self.twin.report(event_id, target, mode=Mode.ABSOLUTE))

    def ask_first(self) -> None:
        if self.is_sum and not self.has_ended:
            action = self._action()
            report = self.twin.report(
                f"evt-{len(self.twin.sent)}",
                self._quantity_of(action),
                action=action,
                enforce=True,
            )
            self.twin.use_enforced(report, overage=self._bound())

    def send_again(self) -> None:
        if self.twin.sent:
            times = self.random.choice([1, 1, 2, 50])
            self.twin.send_again(self.random.choice(self.twin.sent), times=times)

    def forge(self) -> None:
        if self.twin.sent:
            self.twin.forge(self.random.choice(self.twin.sent))

    def reverse(self) -> None:
        if self.twin.sent:
            # Mostly of late, sometimes of a period that was closed long ago.
            recent = self.random.choice([self.twin.sent[-5:], self.twin.sent])
            sent = self.random.choice(recent)
            self.twin.reverse(self.twin.model.events[sent.report.event_id])

    # --- holds ----------------------------------------------------------------------------

    def hold(self) -> None:
        if self.is_sum and not self.has_ended:
            action = self._action()
            self.twin.hold(
                f"hold-{self.twin.steps}",
                self._quantity_of(action),
                action=action,
                lasts=self.random.choice([timedelta(minutes=5), timedelta(hours=1), timedelta(40)]),
                overage=self._bound(),
            )

    def settle(self) -> None:
        if self.twin.model.holds and not self.has_ended:
            hold = self.random.choice(self.twin.model.holds[-3:])
            part = self.random.choice([Decimal(1), Decimal("0.5"), Decimal(2), Decimal(0)])
            credits = (hold.credits * part).quantize(Decimal("0.000001"))
            report = self.twin.report(f"evt-{len(self.twin.sent)}", credits)
            self.twin.settle(hold, report)

    def release(self) -> None:
        if self.twin.model.holds:
            self.twin.release(self.random.choice(self.twin.model.holds[-3:]))

    def release_due_holds(self) -> None:
        self.twin.release_due_holds()

    # --- credits, time and plans ----------------------------------------------------------

    def give(self) -> None:
        now = self.twin.now
        effective_at = max(now - self._span(), self.twin.model.anchor)
        expires_at = None if self.random.random() < 0.4 else now + self._span() + timedelta(1)
        category = self.random.choice(
            [GrantCategory.PROMOTION, GrantCategory.PURCHASE, GrantCategory.ADJUSTMENT]
        )
        codes = sorted(self.actions)
        only = self.random.sample(codes, min(len(codes), self.random.choice([0, 0, 0, 1, 2])))
        self.twin.give(
            category,
            self._quantity(),
            effective_at=effective_at,
            expires_at=expires_at,
            priority=self.random.choice([50, 90, 100, 100, 100]),
            actions=[(self.actions[code].pk, code) for code in only],
        )

    def wait(self) -> None:
        self.twin.wait(self._span())

    def wait_for_the_end_of_the_period(self) -> None:
        """Into the grace, mostly: what then arrives belongs to both sides of the boundary."""
        if self.twin.model.periods and not self.has_ended:
            self.twin.now = max(
                self.twin.now,
                self.twin.model.periods[-1].ends_at
                + self.random.choice([_NOW, timedelta(minutes=30), timedelta(hours=1)]),
            )

    def expire(self) -> None:
        self.twin.expire()

    def close(self) -> None:
        if self.random.random() < 0.2:
            self.policy = self._policy()
        if self.random.random() < 0.7:
            self._wait_until_one_is_due()
        self.twin.close_due(None if self.has_ended else self.policy)

    def _wait_until_one_is_due(self) -> None:
        still_open = [p for p in self.twin.model.periods if p.closed is None]
        if still_open:
            self.twin.now = max(self.twin.now, still_open[0].closes_at)

    def change_plan(self) -> None:
        if not self.has_ended:
            self.twin.change_plan(self.random.choice(ALLOWANCES), share=self.random.choice(_SHARES))

    def end(self) -> None:
        if not self.has_ended and self.twin.steps > 200:
            # Nothing rolls over at the end, so what is due is closed before.
            self.twin.close_due(self.policy)
            self.twin.end()
            self.has_ended = True

    # --- values ---------------------------------------------------------------------------

    def _event(self, event_id: str) -> UsageReport:
        back = self.random.choice([_NOW, _NOW, _NOW, self._span()])
        at = max(self.twin.model.anchor, self.twin.now - back)
        action = self._action() if self.is_sum else None
        fields = {}
        if self.twin.meter.aggregation == Aggregation.UNIQUE:
            fields["member"] = f"member-{self.random.randrange(12)}"
        return self.twin.report(event_id, self._quantity_of(action), action=action, at=at, **fields)

    def _action(self) -> str | None:
        return self.random.choice([None, *sorted(RATES)]) if self.actions else None

    def _quantity_of(self, action: str | None) -> Decimal:
        return Decimal(self.random.randrange(9)) if action else self._quantity()

    def _quantity(self) -> Decimal:
        return Decimal(
            self.random.choice([1, 1_000_000, 40_000_000, self.random.randrange(4 * 10**8)]) + 1
        ).scaleb(-6)

    def _span(self) -> timedelta:
        return timedelta(
            seconds=self.random.choice([600, 3_600, 86_400, self.random.randrange(3 * 10**6)])
        )

    def _bound(self) -> Decimal | None:
        return self.random.choice([Decimal(0), Decimal(0), Decimal(100), None])

    def _policy(self) -> ModelPolicy | None:
        if self.random.random() < 0.1:
            return None
        return ModelPolicy(
            basis=self.random.choice(["unused", "allowance"]),
            percent=self.random.choice([1, 25, 33, 50, 100, 100]),
            cap_percent=self.random.choice([None, 5, 50, 100]),
            term_periods=self.random.choice([None, None, 1, 2, 3]),
            rerolls=self.random.random() < 0.4,
        )


STEPS: Final[dict[Choice, int]] = {
    History.use: 30,
    History.set_total: 3,
    History.ask_first: 6,
    History.send_again: 4,
    History.forge: 2,
    History.reverse: 6,
    History.hold: 8,
    History.settle: 6,
    History.release: 3,
    History.release_due_holds: 2,
    History.give: 7,
    History.wait: 8,
    History.wait_for_the_end_of_the_period: 6,
    History.expire: 3,
    History.close: 8,
    History.change_plan: 4,
    History.end: 1,
}

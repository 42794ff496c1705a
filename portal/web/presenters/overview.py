"""The overview: used and left, overage, whether the period is normal, the next invoice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from accounts.access.permissions import Permission
from accounts.memberships.queries import list_names_with
from billing.agreements.queries import Standing
from billing.invoicing.estimate import InvoiceEstimate, estimate_under
from billing.invoicing.outlook import total_if_used
from billing.usage.queries import FeatureBalance, list_balances_under
from config.kernel.money import Money
from config.kernel.periods import Period
from config.kernel.quantities import ZERO
from metering.choices import GrantCategory
from metering.queries import MeterBooks, get_used_between, read_books
from metering.rate_card.queries import ActionOnCard, list_actions

from ..access import Visit
from .actions import Buys, CostNow, costs_as_overage, what_credits_buy
from .history import read_history
from .pace import Pace, measure_pace
from .plan import PlanFeature, find_seat_limit, list_plan_features
from .running_total import RunningTotal, present_running_total
from .samples import usage_call

# The one in force, the one before, and one that may be opened ahead of its time.
_ENOUGH_PERIODS: Final = 3


@dataclass(frozen=True, slots=True)
class GrantChip:
    """One part of the balance: what is left of a grant, and until when."""

    label: str
    remaining: Decimal
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class MeterCard:
    """One metered feature: the figures of the first three questions, and the curve beside them."""

    balance: FeatureBalance
    grants: tuple[GrantChip, ...]
    used_share: Decimal | None
    buys: tuple[Buys, ...]
    costs_now: tuple[CostNow, ...]
    pace: Pace
    running: RunningTotal


@dataclass(frozen=True, slots=True)
class ExpectedInvoice:
    """What the next invoice is on course for, and between what it will be."""

    low: Money
    expected: Money
    high: Money

    @property
    def is_certain(self) -> bool:
        """Whether it is the same however usage goes on."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """Everything on the overview."""

    plan_name: str
    currency: str
    zone: str
    meter: MeterCard | None
    other_balances: tuple[FeatureBalance, ...]
    invoice: InvoiceEstimate | None
    comes_off: Money | None
    expected_invoice: ExpectedInvoice | None
    may_see_amounts: bool
    ask_about_amounts: tuple[str, ...]
    seats_used: int
    seats: int | None
    features: tuple[PlanFeature, ...]
    has_usage: bool
    sample_call: str

    @property
    def other_overages(self) -> tuple[FeatureBalance, ...]:
        """The further features of which more is used than there was, or a minimum is due."""
        return tuple(
            one
            for one in self.other_balances
            if not one.unlimited and (one.overage or _is_due(one.overage_amount))
        )

    @property
    def charged_overages(self) -> tuple[FeatureBalance, ...]:
        """Every feature whose overage is charged, the leading one first."""
        leading = () if self.meter is None else (self.meter.balance,)
        return tuple(one for one in (*leading, *self.other_overages) if _is_due(one.overage_amount))

    @property
    def overage_total(self) -> Money | None:
        """What all overage comes to so far; None where no further feature adds to the leading."""
        if not any(_is_due(one.overage_amount) for one in self.other_overages):
            return None
        amounts = (one.overage_amount for one in self.charged_overages)
        return Money(sum(amount.minor for amount in amounts if amount), self.currency)


def _is_due(amount: Money | None) -> bool:
    return amount is not None and amount.minor > 0


def present_overview(visit: Visit, *, standing: Standing) -> OverviewPage:
    """Read the overview of an organization with an agreement in force."""
    agreement, organization = standing.agreement, visit.organization
    balances = list_balances_under(agreement=agreement, now=visit.now, labels=standing.labels)
    by_bound = sorted(balances, key=lambda balance: balance.unlimited)
    may_see_amounts = visit.may(Permission.VIEW_BILLING)
    invoice = (
        estimate_under(standing=standing, balances=balances, now=visit.now)
        if may_see_amounts
        else None
    )
    actions = list_actions(at=visit.now)
    meter = _meter_card(visit, by_bound[0], actions) if by_bound else None
    has_usage = any(balance.used > ZERO for balance in balances)
    return OverviewPage(
        plan_name=agreement.plan_version.plan.name,
        currency=agreement.currency,
        zone=organization.time_zone,
        meter=meter,
        other_balances=tuple(by_bound[1:]),
        invoice=invoice,
        comes_off=_comes_off(invoice),
        expected_invoice=_expected_invoice(invoice, meter),
        may_see_amounts=may_see_amounts,
        ask_about_amounts=()
        if may_see_amounts
        else tuple(list_names_with(organization=organization, permission=Permission.VIEW_BILLING)),
        seats_used=standing.people,
        seats=find_seat_limit(agreement),
        features=list_plan_features(
            organization=organization, now=visit.now, people=standing.people
        ),
        has_usage=has_usage,
        sample_call="" if has_usage else usage_call(visit, actions=actions),
    )


def _meter_card(
    visit: Visit, balance: FeatureBalance, actions: Sequence[ActionOnCard]
) -> MeterCard | None:
    if balance.period_starts_at is None or balance.resets_at is None:
        return None
    zone = ZoneInfo(visit.organization.time_zone)
    period = Period(balance.period_starts_at, balance.resets_at)
    books = read_books(
        organization_id=visit.organization.pk, meter_id=balance.meter_id, limit=_ENOUGH_PERIODS
    )
    previous = _period_before(books, period)
    history = read_history(
        visit.organization,
        meter_id=balance.meter_id,
        period=period,
        previous=previous,
        books=books,
    )
    pace = measure_pace(
        balance,
        history,
        now=visit.now,
        zone=zone,
        previous_used=_used_by_now(visit, books, balance.meter_id, period, previous)
        if previous
        else None,
    )
    actions = [action for action in actions if action.meter == balance.feature]
    return MeterCard(
        balance=balance,
        grants=_grant_chips(balance),
        used_share=balance.used / balance.granted if balance.granted else None,
        buys=what_credits_buy(balance.remaining, actions=actions) if balance.remaining else (),
        costs_now=()
        if balance.unlimited or balance.overage_pricing is None
        else costs_as_overage(
            actions=actions, pricing=balance.overage_pricing, overage=balance.overage
        ),
        pace=pace,
        running=present_running_total(
            balance,
            history,
            allowance=None if balance.unlimited else balance.granted,
            until=visit.now,
            zone=zone,
            pace=pace,
        ),
    )


def _period_before(books: MeterBooks, period: Period) -> Period | None:
    earlier = (totals for totals in books.periods if totals.ends_at <= period.starts_at)
    before = next(earlier, None)
    return None if before is None else Period(before.starts_at, before.ends_at)


def _used_by_now(
    visit: Visit, books: MeterBooks, meter_id: int, period: Period, previous: Period
) -> Decimal:
    """What the period before had taken when it was as old as this one."""
    return get_used_between(
        organization_id=visit.organization.pk,
        meter_id=meter_id,
        starts_at=previous.starts_at,
        ends_at=min(previous.starts_at + (visit.now - period.starts_at), previous.ends_at),
        books=books,
    )


def _grant_chips(balance: FeatureBalance) -> tuple[GrantChip, ...]:
    return tuple(
        GrantChip(str(GrantCategory(grant.category).label), grant.remaining, grant.expires_at)
        for grant in balance.grants
    )


def _comes_off(estimate: InvoiceEstimate | None) -> Money | None:
    """What the balance takes off the total, with a minus; None where it changes nothing."""
    if estimate is None or not estimate.credit.minor:
        return None
    return Money(-estimate.credit.minor, estimate.credit.currency)


def _expected_invoice(
    estimate: InvoiceEstimate | None, meter: MeterCard | None
) -> ExpectedInvoice | None:
    """What the invoice is on course for; None where that says no more than the estimate."""
    if estimate is None or meter is None or meter.pace.total is None:
        return None
    total = meter.pace.total
    low, expected, high = (
        total_if_used(estimate, balance=meter.balance, used=used)
        for used in (total.low, total.expected, total.high)
    )
    if low is None or expected is None or high is None or high == estimate.total:
        return None
    return ExpectedInvoice(
        estimate.to_pay_of(low), estimate.to_pay_of(expected), estimate.to_pay_of(high)
    )

"""The usage page: a period by day and as a running total, by what and by whom, and the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.agreements.queries import Standing
from billing.catalog.rate_card import read_rate_card
from billing.usage.queries import FeatureBalance, list_balances_under
from config.kernel.periods import Period
from metering.queries import PeriodTotals, list_ledger, read_books
from metering.rate_card.queries import ActionOnCard

from ...formatting import credits_text, moment_text
from ..access import Visit
from .actions import CreditLine, credit_lines
from .breakdown import Breakdown, present_breakdown, summarize_actions
from .daily import ActionTotal, DailyUsage, present_daily_usage
from .history import UsageHistory, read_history
from .ledger import PAGE_SIZE, LedgerPage, LedgerWords, present_ledger
from .pace import Pace, measure_pace
from .running_total import RunningTotal, present_running_total
from .samples import usage_call
from .spans import in_days
from .usage_filter import UsageFilter, find_period, period_key


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several addresses of the page, or of several values of a field."""

    label: str
    value: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class LedgerCard:
    """A page of the ledger, what it is narrowed to, and where the rest is."""

    page: LedgerPage
    period: Period | None
    is_narrowed: bool
    everything_url: str
    older_url: str
    newest_url: str
    csv_url: str


@dataclass(frozen=True, slots=True)
class UsagePage:
    """Everything on the usage page."""

    balance: FeatureBalance
    zone: str
    meters: tuple[Choice, ...]
    periods: tuple[Choice, ...]
    totals: PeriodTotals
    is_current: bool
    per_day: Decimal
    even_pace_label: str
    daily: DailyUsage
    chart_summary: str
    running: RunningTotal
    pace: Pace | None
    breakdown: Breakdown
    actions: tuple[ActionOnCard, ...]
    rate_card: tuple[CreditLine, ...]
    worth_currency: str
    ledger: LedgerCard
    has_usage: bool
    sample_call: str


def present_usage(visit: Visit, *, standing: Standing, wanted: UsageFilter) -> UsagePage | None:
    """Read the usage of one meter in one period. None if the agreement counts nothing."""
    balances = list_balances_under(
        agreement=standing.agreement, now=visit.now, labels=standing.labels
    )
    balance = find_balance(balances, wanted)
    return None if balance is None else _MeterUsage(visit, balance, wanted).present(balances)


def find_balance(balances: Sequence[FeatureBalance], wanted: UsageFilter) -> FeatureBalance | None:
    """Return the balance of the meter that is asked for, else the first; None without any."""
    first = balances[0] if balances else None
    return next((one for one in balances if one.feature == wanted.meter), first)


def find_ledger_period(visit: Visit, balance: FeatureBalance, wanted: UsageFilter) -> Period | None:
    """Return the period that the ledger is narrowed to; None if the address names none."""
    if wanted.period is None:
        return None
    books = read_books(organization_id=visit.organization.pk, meter_id=balance.meter_id)
    asked = find_period(_begun(books.periods, visit), asked=wanted.period)
    return None if asked is None else _span_of(asked)


class _MeterUsage:
    """The reads of one meter of one organization."""

    def __init__(self, visit: Visit, balance: FeatureBalance, wanted: UsageFilter) -> None:
        self.visit, self.balance, self.wanted = visit, balance, wanted
        self.organization = visit.organization
        self.zone = ZoneInfo(self.organization.time_zone)
        self.books = read_books(organization_id=self.organization.pk, meter_id=balance.meter_id)
        self.begun = _begun(self.books.periods, visit)
        asked = find_period(self.begun, asked=wanted.period)
        self.totals = asked or self.begun[0]
        self.period = _span_of(self.totals)
        self.ledger_period = None if asked is None else self.period
        self.is_current = visit.now < self.period.ends_at

    def present(self, balances: Sequence[FeatureBalance]) -> UsagePage:
        balance = self.balance
        card = read_rate_card(at=self.visit.now, meter=balance.feature)
        actions = card.actions
        names = {action.code: action.name for action in actions}
        history = self._history()
        totals = summarize_actions(history.rows, names)
        even_pace = self._even_pace()
        daily = self._daily(history, totals, even_pace)
        pace = self._pace(history)
        has_usage = any(totals.used for totals in self.begun)
        return UsagePage(
            balance=balance,
            zone=self.organization.time_zone,
            meters=self._meters(balances),
            periods=self._periods(),
            totals=self.totals,
            is_current=self.is_current,
            per_day=self._per_day(),
            even_pace_label=_("Even pace: %(credits)s a day")
            % {"credits": credits_text(even_pace.quantize(Decimal(1)))}
            if even_pace
            else "",
            daily=daily,
            chart_summary=_summary(balance, self.totals, daily),
            running=self._running(history, pace),
            pace=pace,
            breakdown=present_breakdown(
                self.organization,
                meter_id=balance.meter_id,
                period=self.period,
                actions=totals,
                series=daily.series_of,
                wanted=self.wanted,
                period_key=period_key(self.totals),
                books=self.books,
            ),
            actions=actions,
            rate_card=credit_lines(
                card,
                allowance=balance.allowance,
                remaining=None if balance.unlimited else balance.remaining,
            ),
            worth_currency=settings.REPORTING_CURRENCY,
            ledger=self._ledger(names),
            has_usage=has_usage,
            sample_call="" if has_usage else usage_call(self.visit, actions=actions),
        )

    def _history(self) -> UsageHistory:
        before = next((one for one in self.begun if one.ends_at <= self.period.starts_at), None)
        return read_history(
            self.organization,
            meter_id=self.balance.meter_id,
            period=self.period,
            previous=None if before is None else _span_of(before),
            books=self.books,
        )

    def _even_pace(self) -> Decimal | None:
        """What a day takes if the allowance is to last for the period."""
        allowance = self.totals.allowance
        return (
            allowance / in_days(self.period.ends_at - self.period.starts_at) if allowance else None
        )

    def _daily(
        self, history: UsageHistory, totals: Sequence[ActionTotal], even_pace: Decimal | None
    ) -> DailyUsage:
        return present_daily_usage(
            history.rows,
            by_action=totals,
            period=self.period,
            zone=self.zone,
            unit_plural=self.balance.unit_plural,
            even_pace=even_pace,
        )

    def _pace(self, history: UsageHistory) -> Pace | None:
        """How the period goes; one that is over goes nowhere."""
        if not self.is_current:
            return None
        return measure_pace(self.balance, history, now=self.visit.now, zone=self.zone)

    def _running(self, history: UsageHistory, pace: Pace | None) -> RunningTotal:
        granted = self.balance.granted if self.is_current else self.totals.allowance
        return present_running_total(
            self.balance,
            history,
            allowance=None if self.totals.is_unlimited else granted,
            until=min(self.visit.now, self.period.ends_at),
            zone=self.zone,
            pace=pace,
        )

    def _ledger(self, names: dict[str, str]) -> LedgerCard:
        wanted = self.wanted
        rows = list_ledger(
            organization_id=self.organization.pk,
            meter_id=self.balance.meter_id,
            before_id=wanted.before,
            limit=PAGE_SIZE + 1,
            only=wanted.ledger(period=self.ledger_period, zone=self.zone),
            books=self.books,
        )
        page = present_ledger(
            rows,
            words=LedgerWords(
                action_names=names, zone=self.zone, is_unlimited=self.balance.unlimited
            ),
        )
        has_days = wanted.since is not None or wanted.until is not None
        return LedgerCard(
            page=page,
            period=None if has_days else self.ledger_period,
            is_narrowed=wanted.is_narrowed,
            everything_url=wanted.without_ledger() + "#ledger",
            older_url=wanted.link(before=page.next_before) + "#ledger" if page.next_before else "",
            newest_url=wanted.link() + "#ledger" if wanted.before else "",
            csv_url=reverse("portal:ledger_csv") + wanted.link(by=None, sort=None),
        )

    def _meters(self, balances: Sequence[FeatureBalance]) -> tuple[Choice, ...]:
        if len(balances) == 1:
            return ()
        return tuple(
            Choice(
                one.name,
                UsageFilter(meter=one.feature).link(),
                one.feature == self.balance.feature,
            )
            for one in balances
        )

    def _periods(self) -> tuple[Choice, ...]:
        if len(self.begun) == 1:
            return ()
        return tuple(
            Choice(self._label(totals), period_key(totals), totals is self.totals)
            for totals in self.begun
        )

    def _label(self, totals: PeriodTotals) -> str:
        facts = {
            "start": moment_text(totals.starts_at, zone=self.zone, style="day"),
            "end": moment_text(totals.ends_at, zone=self.zone, style="date"),
        }
        if self.visit.now < totals.ends_at:
            return _("%(start)s to %(end)s, this period") % facts
        return _("%(start)s to %(end)s") % facts

    def _per_day(self) -> Decimal:
        passed = in_days(min(self.visit.now, self.period.ends_at) - self.period.starts_at)
        return (self.totals.used / max(passed, Decimal(1))).quantize(Decimal(1))


def _begun(periods: Sequence[PeriodTotals], visit: Visit) -> list[PeriodTotals]:
    """The periods that have begun, newest first."""
    return [totals for totals in periods if totals.starts_at <= visit.now]


def _span_of(totals: PeriodTotals) -> Period:
    return Period(totals.starts_at, totals.ends_at)


def _summary(balance: FeatureBalance, totals: PeriodTotals, daily: DailyUsage) -> str:
    """The chart in a sentence, for those who do not see it."""
    said = _("%(used)s %(units)s used in the period.") % {
        "used": credits_text(totals.used),
        "units": balance.unit_plural,
    }
    if daily.busiest is not None:
        said += " " + _("The busiest day took %(credits)s.") % {
            "credits": credits_text(daily.busiest.total)
        }
    return said

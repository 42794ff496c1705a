"""The usage page: days as bars, actions as a table, the ledger in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from billing.usage.queries import FeatureBalance, list_feature_balances
from config.kernel.periods import Period
from config.kernel.quantities import ZERO
from metering.queries import (
    ActionUsage,
    DayUsage,
    PeriodTotals,
    list_daily_usage,
    list_ledger,
    list_periods,
    list_usage_by_action,
)
from metering.rate_card.queries import list_actions

from ...formatting import credits_text
from ..access import Visit
from .actions import CreditLine, credit_lines
from .daily import DailyUsage, action_label, present_daily_usage
from .ledger import PAGE_SIZE, LedgerPage, LedgerWords, present_ledger
from .samples import usage_call
from .spans import in_days


@dataclass(frozen=True, slots=True)
class UsageFilter:
    """What the address of the page asks for; empty parts mean the usual."""

    meter: str = ""
    period: str = ""
    before_id: int | None = None

    def link(self, **changes: str | int) -> str:
        """The address with these parts changed, at the newest page of the ledger."""
        parts = {"meter": self.meter, "period": self.period, **changes}
        return "?" + urlencode({name: value for name, value in parts.items() if value})


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several addresses of the page."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ActionRow:
    """What one action took in the period; `series` is its colour in the chart."""

    name: str
    series: int
    quantity: Decimal
    credits: Decimal
    share: Decimal
    event_count: int


@dataclass(frozen=True, slots=True)
class UsagePage:
    """Everything on the usage page."""

    balance: FeatureBalance
    zone: str
    meters: tuple[Choice, ...]
    periods: tuple[Choice, ...]
    period: Period
    is_current: bool
    used: Decimal
    overage: Decimal
    per_day: Decimal
    even_pace_label: str
    daily: DailyUsage
    chart_summary: str
    actions: tuple[ActionRow, ...]
    rate_card: tuple[CreditLine, ...]
    worth_currency: str
    ledger: LedgerPage
    older_url: str
    newest_url: str
    has_usage: bool
    sample_call: str


def present_usage(visit: Visit, *, wanted: UsageFilter) -> UsagePage | None:
    """Read the usage of one meter in one period. None if the agreement counts nothing."""
    balances = list_feature_balances(organization=visit.organization, now=visit.now)
    if not balances:
        return None
    balance = next((one for one in balances if one.feature == wanted.meter), balances[0])
    return _MeterUsage(visit, balance, wanted).present(balances)


class _MeterUsage:
    """The reads of one meter of one organization."""

    def __init__(self, visit: Visit, balance: FeatureBalance, wanted: UsageFilter) -> None:
        self.visit, self.balance, self.wanted = visit, balance, wanted
        self.organization_id, self.meter_id = visit.organization.pk, balance.meter_id
        periods = list_periods(organization_id=self.organization_id, meter_id=self.meter_id)
        begun = [totals for totals in periods if totals.starts_at <= visit.now]
        self.previous = begun[1] if len(begun) > 1 else None
        self.is_current = wanted.period != "previous" or self.previous is None
        self.totals = begun[0] if self.is_current else begun[1]
        self.period = Period(self.totals.starts_at, self.totals.ends_at)

    def present(self, balances: Sequence[FeatureBalance]) -> UsagePage:
        balance, actions = self.balance, list_actions(at=self.visit.now, meter=self.balance.feature)
        # The days first: what is booked between two reads is then among the actions at least.
        by_day = self._by_day()
        by_action = list_usage_by_action(
            organization_id=self.organization_id,
            meter_id=self.meter_id,
            starts_at=self.period.starts_at,
            ends_at=self.period.ends_at,
        )
        even_pace = balance.allowance / in_days(self._length) if balance.allowance else None
        daily = self._daily(by_day, by_action, even_pace)
        ledger = present_ledger(
            list_ledger(
                organization_id=self.organization_id,
                meter_id=self.meter_id,
                before_id=self.wanted.before_id,
                limit=PAGE_SIZE + 1,
            ),
            words=LedgerWords(
                action_names={action.code: action.name for action in actions},
                zone=ZoneInfo(self.visit.organization.time_zone),
                is_unlimited=balance.unlimited,
            ),
        )
        return UsagePage(
            balance=balance,
            zone=self.visit.organization.time_zone,
            meters=self._meters(balances),
            periods=self._periods(),
            period=self.period,
            is_current=self.is_current,
            used=self.totals.used,
            overage=self.totals.charged_overage,
            per_day=self._per_day(),
            even_pace_label=_("Even pace: %(credits)s a day")
            % {"credits": credits_text(even_pace.quantize(Decimal(1)))}
            if even_pace
            else "",
            daily=daily,
            chart_summary=_summary(balance, self.totals, daily),
            actions=_action_rows(by_action, daily, total=self.totals.used),
            rate_card=credit_lines(
                actions=actions,
                allowance=balance.allowance,
                remaining=None if balance.unlimited else balance.remaining,
            ),
            worth_currency=settings.REPORTING_CURRENCY,
            ledger=ledger,
            older_url=self.wanted.link(before=ledger.next_before) + "#ledger"
            if ledger.next_before
            else "",
            newest_url=self.wanted.link() + "#ledger" if self.wanted.before_id else "",
            has_usage=bool(self.totals.used or (self.previous and self.previous.used)),
            sample_call=usage_call(organization=self.visit.organization, actions=actions),
        )

    @property
    def _length(self) -> timedelta:
        return self.period.ends_at - self.period.starts_at

    def _by_day(self) -> list[DayUsage]:
        return list_daily_usage(
            organization_id=self.organization_id,
            meter_id=self.meter_id,
            starts_at=self.period.starts_at,
            ends_at=self.period.ends_at,
            time_zone=self.visit.organization.time_zone,
        )

    def _daily(
        self,
        by_day: Sequence[DayUsage],
        by_action: Sequence[ActionUsage],
        even_pace: Decimal | None,
    ) -> DailyUsage:
        return present_daily_usage(
            by_day,
            by_action=by_action,
            period=self.period,
            zone=ZoneInfo(self.visit.organization.time_zone),
            unit_plural=self.balance.unit_plural,
            even_pace=even_pace,
        )

    def _meters(self, balances: Sequence[FeatureBalance]) -> tuple[Choice, ...]:
        if len(balances) == 1:
            return ()
        return tuple(
            Choice(
                one.name,
                self.wanted.link(meter=one.feature, period=""),
                one.feature == self.balance.feature,
            )
            for one in balances
        )

    def _periods(self) -> tuple[Choice, ...]:
        if self.previous is None:
            return ()
        return (
            Choice(_("This period"), self.wanted.link(period=""), self.is_current),
            Choice(_("Previous period"), self.wanted.link(period="previous"), not self.is_current),
        )

    def _per_day(self) -> Decimal:
        passed = in_days(min(self.visit.now, self.period.ends_at) - self.period.starts_at)
        return (self.totals.used / max(passed, Decimal(1))).quantize(Decimal(1))


def _action_rows(
    by_action: Sequence[ActionUsage], daily: DailyUsage, *, total: Decimal
) -> tuple[ActionRow, ...]:
    number_of = {action: one.number for one in daily.series for action in one.actions}
    return tuple(
        ActionRow(
            name=action_label(usage.action, usage.name),
            series=number_of[usage.action],
            quantity=usage.quantity,
            credits=usage.credits,
            share=usage.credits / total if total else ZERO,
            event_count=usage.event_count,
        )
        for usage in by_action
    )


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

"""Keep guarantees: compare each month once it is settled, and give back what is due."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.audit.actor import SYSTEM
from accounts.organizations.clock import time_of
from accounts.organizations.locking import lock_organization
from accounts.organizations.sweeping import sweep
from config.kernel.money import Money
from config.kernel.periods import INSTANT, Period
from metering.credits.grace import GRACE

from ...agreements.advancing import advance_if_due
from ...agreements.periods import usage_month_at
from ...choices import GuaranteeEnd, MoneyCreditCause
from ...events import EventType
from ...models import Guarantee, GuaranteeClaim, MoneyCredit
from ...money_credits.operations import MoneyCreditOrder, grant_money_credit
from ...rating.guarantee import ComparedMonth, Rule, credit_due
from ...settlements.operations import settle_due_periods
from ...wording import money_words
from .comparing import Comparison, Months
from .endings import EarlyEnd, find_early_end
from .noting import announce_credit, note_guarantee


def keep_all_guarantees(*, now: datetime) -> int:
    """
    Keep the guarantees of every organization by its own time; return how many months were
    compared.

    Each organization is a transaction of its own. Harmless when it runs twice at once.
    """

    def visit(organization_id: int) -> int:
        return keep_guarantees(
            organization_id=organization_id,
            now=time_of(organization_id=organization_id, now=now),
        )

    due = Guarantee.objects.filter(
        ended_at=None, month_ends_at__lte=now - GRACE + F("organization__clock_ahead")
    )
    organizations = due.order_by("organization_id").values_list("organization_id", flat=True)
    return sum(sweep(organizations.distinct(), visit, doing="keeping the guarantees of"))


@transaction.atomic
def keep_guarantees(*, organization_id: int, now: datetime) -> int:
    """
    Compare every month of an organization's guarantees that is over, its hour of grace too, and
    give back what is due. Returns how many months that were.

    A month is compared once, in the transaction in which its credit is given. Months that come
    late come to what they would have come to in time.
    """
    lock_organization(organization_id=organization_id)
    advance_if_due(organization_id=organization_id, now=now)
    settle_due_periods(organization_id=organization_id, now=now)
    guarantees = (
        Guarantee.objects.filter(organization_id=organization_id, ended_at=None)
        .select_related("organization", "agreement", "offer__campaign")
        .order_by("pk")
    )
    return sum(_keep(guarantee, now=now) for guarantee in guarantees)


def _keep(guarantee: Guarantee, *, now: datetime) -> int:
    end = find_early_end(guarantee, now=now)
    compared = 0
    while guarantee.ended_at is None and guarantee.month_ends_at + GRACE <= now:
        claims = list(guarantee.claims.order_by("month"))
        starts_at = claims[-1].ends_at if claims else guarantee.starts_at
        if end is not None and end.at < guarantee.month_ends_at:
            _break_off(guarantee, claims, end, starts_at=starts_at, now=now)
        else:
            period = Period(starts_at, guarantee.month_ends_at)
            _compare(guarantee, claims, period, end=end, now=now)
            compared += 1
    return compared


def _compare(
    guarantee: Guarantee,
    claims: list[GuaranteeClaim],
    period: Period,
    *,
    end: EarlyEnd | None,
    now: datetime,
) -> None:
    agreement = guarantee.agreement
    following = usage_month_at(
        started_at=agreement.started_at, anchor_at=agreement.anchor_at, at=period.ends_at
    )
    is_last = len(claims) + 1 == guarantee.months
    is_over = is_last or (end is not None and end.at < following.ends_at)
    months = Months(guarantee, claims=claims, period=period)
    comparison = months.compared()
    this = ComparedMonth(comparison.before, comparison.now)
    due = _due(guarantee, claims, [*months.as_known_today(), this], is_over=is_over)
    _claim(guarantee, months, comparison, due=due, now=now)
    if is_last:
        _end(guarantee, EarlyEnd(period.ends_at, GuaranteeEnd.LASTED), now=now)
    elif is_over:
        assert end is not None
        _end(guarantee, end, now=now)
    else:
        guarantee.month_ends_at = following.ends_at
        guarantee.interval = agreement.interval
        guarantee.seats = agreement.seats
        guarantee.save(update_fields=["month_ends_at", "interval", "seats"])


def _break_off(
    guarantee: Guarantee,
    claims: list[GuaranteeClaim],
    end: EarlyEnd,
    *,
    starts_at: datetime,
    now: datetime,
) -> None:
    """
    End a guarantee within a month. That month is not compared; what the months before it are
    due together is given back with it.
    """
    period = Period(starts_at, max(end.at, starts_at + INSTANT))
    months = Months(guarantee, claims=claims, period=period)
    due = Money(0, guarantee.currency)
    if claims:
        due = _due(guarantee, claims, months.as_known_today(), is_over=True)
    if due.minor:
        nothing = Money(0, guarantee.currency)
        uncompared = Comparison(guarantee.old_seats, before=nothing, now=nothing)
        _claim(guarantee, months, uncompared, due=due, now=now)
    _end(guarantee, end, now=now)


def _due(
    guarantee: Guarantee,
    claims: list[GuaranteeClaim],
    months: list[ComparedMonth],
    *,
    is_over: bool,
) -> Money:
    credited = Money(sum(claim.credit_minor for claim in claims), guarantee.currency)
    return credit_due(rule=Rule(guarantee.rule), months=months, credited=credited, is_over=is_over)


def _claim(
    guarantee: Guarantee, months: Months, comparison: Comparison, *, due: Money, now: datetime
) -> None:
    month = len(months.claims) + 1
    credit = _give_back(guarantee, month, comparison, due, now=now) if due.minor else None
    claim = GuaranteeClaim.objects.create(
        organization=guarantee.organization,
        guarantee=guarantee,
        month=month,
        starts_at=months.period.starts_at,
        ends_at=months.period.ends_at,
        seats=comparison.seats,
        old_minor=comparison.before.minor,
        new_minor=comparison.now.minor,
        credit_minor=due.minor,
        money_credit=credit,
        newest_settlement=months.newest_settlement,
        calculated_at=now,
    )
    if credit is not None:
        announce_credit(guarantee, claim, now=now)


def _give_back(
    guarantee: Guarantee, month: int, comparison: Comparison, due: Money, *, now: datetime
) -> MoneyCredit:
    order = MoneyCreditOrder(
        amount=due,
        cause=MoneyCreditCause.GUARANTEE,
        source=f"{guarantee.public_id}:{month}",
        reason=_reason(guarantee, month, comparison),
    )
    return grant_money_credit(
        organization=guarantee.organization, order=order, actor=SYSTEM, now=now
    )


def _reason(guarantee: Guarantee, month: int, comparison: Comparison) -> str:
    """What the customer reads beside the credit, here and on its invoice: for good."""
    with override(settings.LANGUAGE_CODE):
        if Rule(guarantee.rule) is Rule.CUMULATIVE:
            return _("No-increase guarantee: what all its months cost more than before")
        return _(
            "No-increase guarantee, month %(month)s of %(months)s: %(now)s instead of %(before)s"
        ) % {
            "month": month,
            "months": guarantee.months,
            "now": money_words(comparison.now),
            "before": money_words(comparison.before),
        }


def _end(guarantee: Guarantee, end: EarlyEnd, *, now: datetime) -> None:
    guarantee.ended_at = max(end.at, guarantee.starts_at)
    guarantee.end_reason = end.reason
    guarantee.save(update_fields=["ended_at", "end_reason"])
    note_guarantee(guarantee, EventType.GUARANTEE_ENDED, actor=SYSTEM, now=now)

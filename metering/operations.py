"""
Writes of metering.

Each function runs inside the caller's transaction, and the caller holds the organization's
lock (`accounts.organizations.locking`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Max

from config.kernel.periods import Period
from config.kernel.quantities import ZERO

from .choices import AccountKind, GrantCategory, TransferKind
from .ledger import posting
from .ledger.books import ensure_account
from .ledger.posting import TransferEntry
from .models import CreditGrant, UsageEvent, UsagePeriod
from .rate_card.queries import RatedAction
from .usage import intake
from .usage.intake import RatedReport, Refused
from .usage.periods import missing_periods
from .usage.recall import BookedEvent, answer_again
from .usage.reports import (
    LARGEST_BATCH,
    MeterTerms,
    Outcome,
    Receipt,
    Rejection,
    UsageReport,
)
from .usage.state import LedgerState, ask_for_ledger

DEFAULT_PRIORITY = 100


def record_usage(
    *,
    state: LedgerState,
    reports: Sequence[UsageReport],
    terms: Sequence[MeterTerms] | None,
    api_key_id: int | None,
    received_at: datetime,
) -> list[Receipt]:
    """
    Book a batch of usage events, at most `LARGEST_BATCH`, and return a receipt for each, in order.

    `state` was asked for under the organization's lock, for these reports. An id that is in the
    books already, or stands earlier in the batch, is a duplicate (the first receipt again) or,
    with another body, a conflict. Usage is never refused for lack of credits: what grants do not
    cover is overage. An event outside the terms, or any new one without terms, is rejected with
    its reason and not stored, so it can be sent again once the reason is gone.
    """
    assert len(reports) <= LARGEST_BATCH, len(reports)
    booked = state.booked
    fresh: dict[str, UsageReport] = {}
    for report in reports:
        if report.event_id not in booked:
            fresh.setdefault(report.event_id, report)

    rated, settled = _rate(
        fresh.values(), actions=state.actions, terms=terms, received_at=received_at
    )
    if rated:
        settled |= _book(rated, state=state, api_key_id=api_key_id, received_at=received_at)

    return [
        settled[report.event_id]
        if report is fresh.get(report.event_id)
        else _answer_again(report, fresh=fresh, settled=settled, booked=booked)
        for report in reports
    ]


def _rate(
    reports: Iterable[UsageReport],
    *,
    actions: dict[str, RatedAction],
    terms: Sequence[MeterTerms] | None,
    received_at: datetime,
) -> tuple[list[RatedReport], dict[str, Receipt]]:
    """What can be booked, and the receipts of what cannot."""
    if terms is None:
        return [], {item.event_id: _rejected(item, Rejection.NO_AGREEMENT) for item in reports}
    rated: list[RatedReport] = []
    rejected: dict[str, Receipt] = {}
    terms_by_meter = {item.meter_id: item for item in terms}
    for report in reports:
        try:
            rated.append(
                intake.rate(
                    report,
                    actions=actions,
                    terms_by_meter=terms_by_meter,
                    received_at=received_at,
                )
            )
        except Refused as refusal:
            rejected[report.event_id] = _rejected(report, refusal.reason)
    return rated, rejected


def _rejected(report: UsageReport, reason: Rejection) -> Receipt:
    return Receipt(event_id=report.event_id, outcome=Outcome.REJECTED, reason=reason)


def _book(
    rated: Sequence[RatedReport],
    *,
    state: LedgerState,
    api_key_id: int | None,
    received_at: datetime,
) -> dict[str, Receipt]:
    state = _with_periods(state, rated, received_at=received_at)
    decision = intake.decide(
        organization_id=state.organization_id,
        rated=rated,
        books=state.books(),
        periods=state.periods,
    )
    posting.post_usage(
        organization_id=state.organization_id,
        api_key_id=api_key_id,
        events=decision.events,
        transfers=decision.transfers,
    )
    return decision.receipts


def _with_periods(
    state: LedgerState, rated: Sequence[RatedReport], *, received_at: datetime
) -> LedgerState:
    """The state once every period that the events fall into is open; the same if they all are."""
    current = {period.meter_id for period in state.periods if received_at < period.ends_at}
    terms_by_meter = {item.terms.meter_id: item.terms for item in rated}
    missing = [terms for meter_id, terms in terms_by_meter.items() if meter_id not in current]
    if not missing:
        return state
    for terms in missing:
        open_periods(organization_id=state.organization_id, terms=terms, through=received_at)
    return ask_for_ledger(
        organization_id=state.organization_id,
        reports=[item.report for item in rated],
        received_at=received_at,
    )


def _answer_again(
    report: UsageReport,
    *,
    fresh: dict[str, UsageReport],
    settled: dict[str, Receipt],
    booked: dict[str, BookedEvent],
) -> Receipt:
    known = booked.get(report.event_id)
    if known is None:
        first = fresh[report.event_id]
        known = BookedEvent(first.body_sha256, settled[report.event_id])
    return answer_again(report, known)


def open_periods(*, organization_id: int, terms: MeterTerms, through: datetime) -> None:
    """
    Open every missing period up to the one that contains `through`, each with its allowance.

    Doing it again changes nothing: a period is stored once, and so is its allowance.
    """
    opened_until = UsagePeriod.objects.filter(
        organization_id=organization_id, meter_id=terms.meter_id, source=terms.source
    ).aggregate(until=Max("ends_at"))["until"]
    for period in missing_periods(terms=terms, opened_until=opened_until, through=through):
        _open_period(organization_id=organization_id, terms=terms, period=period)


def _open_period(*, organization_id: int, terms: MeterTerms, period: Period) -> None:
    stored = UsagePeriod.objects.create(
        organization_id=organization_id,
        meter_id=terms.meter_id,
        source=terms.source,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
    )
    if terms.allowance:
        grant_credits(
            organization_id=organization_id,
            grant=NewGrant(
                meter_id=terms.meter_id,
                category=GrantCategory.ALLOWANCE,
                amount=terms.allowance,
                effective_at=period.starts_at,
                expires_at=period.ends_at,
                source=terms.source,
                period_id=stored.pk,
            ),
        )


@dataclass(frozen=True, slots=True)
class NewGrant:
    """
    The terms of a grant to be given.

    `source` names what the credits are given for; an allowance also names its period. It can
    be spent from `effective_at` until just before `expires_at` (None: for ever).
    """

    meter_id: int
    category: GrantCategory
    amount: Decimal
    effective_at: datetime
    expires_at: datetime | None
    source: str
    priority: int = DEFAULT_PRIORITY
    period_id: int | None = None


def grant_credits(*, organization_id: int, grant: NewGrant) -> CreditGrant:
    """
    Give credits once, on terms that never change.

    A second allowance for the same period and source is refused by the database
    (`IntegrityError`).
    """
    meter_id = grant.meter_id
    book = ask_for_ledger(organization_id=organization_id, received_at=grant.effective_at).books()[
        meter_id
    ]
    issued_id = ensure_account(
        book=book, organization_id=organization_id, meter_id=meter_id, kind=AccountKind.ISSUED
    )
    account_id = posting.open_account(
        organization_id=organization_id, meter_id=meter_id, kind=AccountKind.GRANT
    )
    stored = CreditGrant.objects.create(
        organization_id=organization_id,
        meter_id=meter_id,
        account_id=account_id,
        category=grant.category,
        amount=grant.amount,
        priority=grant.priority,
        effective_at=grant.effective_at,
        expires_at=grant.expires_at,
        source=grant.source,
        period_id=grant.period_id,
    )
    posting.post_transfers(
        organization_id=organization_id,
        transfers=[
            TransferEntry(
                meter_id=meter_id,
                kind=TransferKind.ISSUE,
                debit_account_id=issued_id,
                credit_account_id=account_id,
                amount=grant.amount,
                occurred_at=grant.effective_at,
            )
        ],
    )
    return stored


def end_terms(*, organization_id: int, source: str, ended_at: datetime) -> None:
    """
    End what an agreement granted: its open periods are cut short and its allowances expire.

    Usage that was booked stays in its period; credits from other sources are untouched.
    """
    _cut_periods(organization_id=organization_id, source=source, ended_at=ended_at)
    left = CreditGrant.objects.filter(
        organization_id=organization_id,
        source=source,
        category=GrantCategory.ALLOWANCE,
        account__balance__gt=ZERO,
        expires_at__gt=ended_at,
    ).values_list("meter_id", "account_id", "account__balance")
    books = ask_for_ledger(organization_id=organization_id, received_at=ended_at).books()
    posting.post_transfers(
        organization_id=organization_id,
        transfers=[
            TransferEntry(
                meter_id=meter_id,
                kind=TransferKind.EXPIRE,
                debit_account_id=account_id,
                credit_account_id=ensure_account(
                    book=books[meter_id],
                    organization_id=organization_id,
                    meter_id=meter_id,
                    kind=AccountKind.EXPIRED,
                ),
                amount=balance,
                occurred_at=ended_at,
            )
            for meter_id, account_id, balance in left
        ],
    )


def _cut_periods(*, organization_id: int, source: str, ended_at: datetime) -> None:
    """End the open periods now, but never before the last event that was booked in them."""
    open_now = UsagePeriod.objects.filter(
        organization_id=organization_id, source=source, ends_at__gt=ended_at
    )
    for period in open_now:
        last = UsageEvent.objects.filter(
            organization_id=organization_id, meter_id=period.meter_id, period=period
        ).aggregate(last=Max("occurred_at"))["last"]
        earliest = max(period.starts_at, last or period.starts_at) + timedelta(microseconds=1)
        period.ends_at = max(ended_at, earliest)
        period.save(update_fields=["ends_at"])

"""Close periods: what is left of their grants expires or rolls over, and nothing changes after."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from config.kernel.ids import new_id
from config.kernel.periods import boundary
from config.kernel.quantities import ZERO
from config.kernel.sql import ask

from ..choices import AccountKind, GrantCategory, TransferKind
from ..credits.rollover import RolloverPolicy, Slice, above_cap, rolled_over
from ..ledger.endings import Ending, EndingGrant, find_ending
from ..ledger.posting import (
    RolloverEntry,
    TransferEntry,
    open_account,
    open_accounts,
    post_closing,
)
from ..ledger.returning import Leftover, let_credits_pay
from ..models import CreditGrant, UsagePeriod
from .releasing import release_due_holds
from .telling import tell_expired, tell_granted


@dataclass(frozen=True, slots=True)
class DuePeriod:
    """A period whose grace is over, and what had been used in it when it was listed."""

    id: int
    meter_id: int
    source: str
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime
    used: Decimal


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """
    What a period came to. `overage` is what no credits paid for in the end, `expired` and
    `rolled_over` what became of the credits that were left. `allowance` None: unlimited usage.
    """

    period_id: int
    meter_id: int
    source: str
    starts_at: datetime
    ends_at: datetime
    allowance: Decimal | None
    used: Decimal
    overage: Decimal
    expired: Decimal
    rolled_over: Decimal


_DUE: Final = """
SELECT id, meter_id, source, starts_at, ends_at, closes_at, used_credits
FROM metering_usageperiod
WHERE organization_id = %(organization)s AND closed_at IS NULL AND closes_at <= %(now)s
ORDER BY ends_at, id
"""


def list_periods_to_close(*, organization_id: int, now: datetime) -> list[DuePeriod]:
    """Return the organization's periods whose grace is over, in the order in which they ended."""
    due = ask(_DUE, {"organization": organization_id, "now": now})
    return [DuePeriod(*row) for row in due.all()]


def list_organizations_with_periods_to_close(*, now: datetime, limit: int) -> list[int]:
    """Return the keys of organizations that have a period to close, the longest overdue first."""
    due = (
        UsagePeriod.objects.filter(closed_at=None, closes_at__lte=now)
        .order_by("closes_at")
        .values_list("organization_id", flat=True)
    )
    return list(dict.fromkeys(due[:limit]))


def close_period(
    *,
    organization_id: int,
    period: DuePeriod,
    policy: RolloverPolicy | None,
    anchor_at: datetime,
    now: datetime,
) -> ClosedPeriod:
    """
    Close a period for ever, under the organization's lock and after the periods before it.

    Holds whose time was over by then are released first. Of the allowance, and of earlier
    rollovers that end here, what the policy says rolls over into one new grant each, spendable
    from the period's end; the rest expires. None as the policy: nothing rolls over.
    """
    assert now >= period.closes_at, (period, now)
    ending = _ending_of(period, organization_id=organization_id)
    if ending.has_due_holds:
        release_due_holds(
            organization_id=organization_id, now=period.closes_at, meter_id=period.meter_id
        )
        ending = _ending_of(period, organization_id=organization_id)
    fate = _fate_of(ending, period=period, policy=policy)
    rollovers = _rollovers(
        fate, period=period, policy=policy, organization_id=organization_id, anchor_at=anchor_at
    )
    post_closing(
        organization_id=organization_id,
        period_id=period.id,
        closed_at=now,
        rollovers=rollovers,
        transfers=[
            *_transfers_of_rollovers(fate, rollovers, period=period),
            *_transfers_of_expiry(
                fate, ending=ending, period=period, organization_id=organization_id
            ),
        ],
    )
    if fate.rolled and ending.has_overage:
        let_credits_pay(
            organization_id=organization_id,
            meter_id=period.meter_id,
            account_ids=[child.account_id for child in rollovers],
        )
    tell_granted(organization_id=organization_id, grants=[child.public_id for child in rollovers])
    tell_expired(organization_id=organization_id, leftovers=_leftovers(fate, period=period))
    return ClosedPeriod(
        period_id=period.id,
        meter_id=period.meter_id,
        source=period.source,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        allowance=ending.allowance,
        used=ending.used,
        overage=ending.overage,
        expired=sum(fate.expired.values(), ZERO),
        rolled_over=sum(fate.rolled.values(), ZERO),
    )


@dataclass(frozen=True, slots=True)
class _Fate:
    """What becomes of what is left, by grant id; `grants` are the grants themselves."""

    grants: dict[int, EndingGrant]
    rolled: dict[int, Decimal]
    expired: dict[int, Decimal]


def _ending_of(period: DuePeriod, *, organization_id: int) -> Ending:
    return find_ending(
        organization_id=organization_id,
        meter_id=period.meter_id,
        period_id=period.id,
        source=period.source,
        ends_at=period.ends_at,
    )


def _fate_of(ending: Ending, *, period: DuePeriod, policy: RolloverPolicy | None) -> _Fate:
    """
    Decide what rolls over of the grants that end with the period, and what the cap takes from
    rollovers that live on. The rest of what ends expires.
    """
    over = [
        grant
        for grant in ending.grants
        if grant.ends_at is not None and grant.ends_at <= period.ends_at
    ]
    surviving = [
        grant
        for grant in ending.grants
        if grant not in over and grant.category == GrantCategory.ROLLOVER
    ]
    rolled: dict[int, Decimal] = {}
    trimmed: dict[int, Decimal] = {}
    if policy is not None and ending.allowance is not None:
        pool = sum((grant.pooled for grant in surviving), ZERO)
        rolled = rolled_over(
            policy,
            unused=[
                Slice(grant.grant_id, grant.balance)
                for grant in over
                if policy.rerolls or grant.category == GrantCategory.ALLOWANCE
            ],
            allowance=ending.allowance,
            pool=pool,
        )
        trimmed = above_cap(
            policy,
            slices=[Slice(grant.grant_id, grant.balance) for grant in surviving],
            allowance=ending.allowance,
            pool=pool,
        )
    expired = {
        grant.grant_id: left
        for grant in over
        if (left := grant.balance - rolled.get(grant.grant_id, ZERO)) > ZERO
    }
    return _Fate({grant.grant_id: grant for grant in ending.grants}, rolled, expired | trimmed)


def _rollovers(
    fate: _Fate,
    *,
    period: DuePeriod,
    policy: RolloverPolicy | None,
    organization_id: int,
    anchor_at: datetime,
) -> list[RolloverEntry]:
    """The new grants: one for each grant of which something rolls over."""
    if policy is None or not fate.rolled:
        return []
    accounts = open_accounts(
        organization_id=organization_id,
        meter_id=period.meter_id,
        kind=AccountKind.GRANT,
        count=len(fate.rolled),
    )
    expires_at = _end_of_term(policy, period, anchor_at)
    return [
        RolloverEntry(
            public_id=new_id(CreditGrant.id_prefix),
            account_id=account_id,
            parent_id=grant_id,
            amount=amount,
            priority=policy.priority,
            effective_at=period.ends_at,
            expires_at=expires_at,
        )
        for (grant_id, amount), account_id in zip(fate.rolled.items(), accounts, strict=True)
    ]


def _end_of_term(policy: RolloverPolicy, period: DuePeriod, anchor_at: datetime) -> datetime | None:
    """When what rolls over ends: so many periods after this one, counted from the anchor."""
    if policy.term_periods is None:
        return None
    months = (period.ends_at.year - anchor_at.year) * 12 + period.ends_at.month - anchor_at.month
    return boundary(anchor_at, months=months + policy.term_periods)


def _transfers_of_rollovers(
    fate: _Fate, rollovers: Iterable[RolloverEntry], *, period: DuePeriod
) -> list[TransferEntry]:
    return [
        _transfer(
            fate.grants[child.parent_id],
            TransferKind.ROLL_OVER,
            child.account_id,
            child.amount,
            period=period,
        )
        for child in rollovers
    ]


def _transfers_of_expiry(
    fate: _Fate, *, ending: Ending, period: DuePeriod, organization_id: int
) -> list[TransferEntry]:
    if not fate.expired:
        return []
    expired_id = ending.expired_account_id or open_account(
        organization_id=organization_id, meter_id=period.meter_id, kind=AccountKind.EXPIRED
    )
    return [
        _transfer(fate.grants[grant_id], TransferKind.EXPIRE, expired_id, amount, period=period)
        for grant_id, amount in fate.expired.items()
    ]


def _leftovers(fate: _Fate, *, period: DuePeriod) -> list[Leftover]:
    return [
        Leftover(period.meter_id, fate.grants[grant_id].account_id, amount, period.ends_at)
        for grant_id, amount in fate.expired.items()
    ]


def _transfer(
    grant: EndingGrant, kind: TransferKind, to: int, amount: Decimal, *, period: DuePeriod
) -> TransferEntry:
    return TransferEntry(
        meter_id=period.meter_id,
        kind=kind,
        debit_account_id=grant.account_id,
        credit_account_id=to,
        amount=amount,
        occurred_at=period.ends_at,
    )

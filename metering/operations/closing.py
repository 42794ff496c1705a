"""Close periods: what is left of their grants expires or rolls over, and nothing changes after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F, Q, Sum
from django.db.models.functions import Least

from config.kernel.periods import boundary
from config.kernel.quantities import ZERO

from ..choices import AccountKind, GrantCategory, TransferKind
from ..credits.rollover import RolloverPolicy, Slice, above_cap, rolled_over
from ..ledger.accounts import account_of
from ..ledger.posting import TransferEntry, open_accounts, post_transfers
from ..ledger.returning import let_credits_pay
from ..models import CreditGrant, LedgerTransfer, UsagePeriod
from .periods import OF_AN_AGREEMENT
from .releasing import release_due_holds


@dataclass(frozen=True, slots=True)
class DuePeriod:
    """A period whose grace is over, with its totals."""

    id: int
    meter_id: int
    source: str
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime
    allowance: Decimal | None
    used: Decimal
    overage: Decimal


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


@dataclass(frozen=True, slots=True)
class _Ending:
    """A grant that an agreement gave, as the end of a period finds it."""

    grant_id: int
    account_id: int
    category: str
    balance: Decimal
    ends_at: datetime | None
    held: Decimal

    @property
    def pooled(self) -> Decimal:
        """What counts against a cap: what open holds have taken may come back."""
        return self.balance + self.held


def list_periods_to_close(*, organization_id: int, now: datetime) -> list[DuePeriod]:
    """Return the organization's periods whose grace is over, in the order in which they ended."""
    rows = (
        UsagePeriod.objects.filter(
            organization_id=organization_id, closed_at=None, closes_at__lte=now
        )
        .order_by("ends_at", "pk")
        .values_list(
            "pk",
            "meter_id",
            "source",
            "starts_at",
            "ends_at",
            "closes_at",
            "allowance",
            "used_credits",
            "overage_credits",
        )
    )
    return [DuePeriod(*row) for row in rows]


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
    release_due_holds(
        organization_id=organization_id, now=period.closes_at, meter_id=period.meter_id
    )
    stored = UsagePeriod.objects.get(organization_id=organization_id, pk=period.id)
    ending, surviving = _grants_at_the_end(organization_id, stored)
    rolled: dict[int, Decimal] = {}
    trimmed: dict[int, Decimal] = {}
    if policy is not None and stored.allowance is not None:
        rolled, trimmed = _apply(policy, ending, surviving, allowance=stored.allowance)
    expired = {
        grant.grant_id: grant.balance - rolled.get(grant.grant_id, ZERO) for grant in ending
    } | trimmed
    children = _create_children(
        stored, rolled, policy=policy, expires_at=_end_of_term(policy, stored, anchor_at)
    )
    _book_the_end(stored, [*ending, *surviving], expired=expired, rolled=rolled, children=children)
    UsagePeriod.objects.filter(pk=stored.pk).update(closed_at=now)
    if rolled:
        let_credits_pay(organization_id=organization_id, meter_id=period.meter_id)
    return ClosedPeriod(
        period_id=stored.pk,
        meter_id=stored.meter_id,
        source=stored.source,
        starts_at=stored.starts_at,
        ends_at=stored.ends_at,
        allowance=stored.allowance,
        used=stored.used_credits,
        overage=stored.overage_credits,
        expired=sum(expired.values(), ZERO),
        rolled_over=sum(rolled.values(), ZERO),
    )


def _grants_at_the_end(
    organization_id: int, period: UsagePeriod
) -> tuple[list[_Ending], list[_Ending]]:
    """
    The grants of the period's agreement that have something left, at hand or in open holds:
    those that end with it, the allowance before earlier rollovers, and the rollovers that live
    on, the first to end first.
    """
    held = _held(organization_id, period.meter_id)
    rows = (
        CreditGrant.objects.filter(
            organization_id=organization_id,
            meter_id=period.meter_id,
            source=period.source,
            category__in=OF_AN_AGREEMENT,
            effective_at__lt=period.ends_at,
        )
        .annotate(ends_at=Least("expires_at", "early_end__ended_at"))
        .annotate(balance=F("account__balance"))
        .filter(Q(balance__gt=ZERO) | Q(account_id__in=list(held)))
        .order_by("category", F("ends_at").asc(nulls_last=True), "pk")
        .values_list("pk", "account_id", "category", "balance", "ends_at")
    )
    grants = [_Ending(*row, held=held.get(row[1], ZERO)) for row in rows]
    ending = [
        grant for grant in grants if grant.ends_at is not None and grant.ends_at <= period.ends_at
    ]
    surviving = [
        grant
        for grant in grants
        if grant not in ending and grant.category == GrantCategory.ROLLOVER
    ]
    return ending, surviving


def _held(organization_id: int, meter_id: int) -> dict[int, Decimal]:
    """What open holds have taken, by the account that they took it from."""
    return dict(
        LedgerTransfer.objects.filter(
            organization_id=organization_id,
            meter_id=meter_id,
            kind=TransferKind.HOLD,
            hold__outcome=None,
        )
        .values("debit_account_id")
        .annotate(total=Sum("amount"))
        .values_list("debit_account_id", "total")
    )


def _apply(
    policy: RolloverPolicy,
    ending: Sequence[_Ending],
    surviving: Sequence[_Ending],
    *,
    allowance: Decimal,
) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """What rolls over of the grants that end, and what the cap takes from those that live on."""
    pool = sum((grant.pooled for grant in surviving), ZERO)
    rolled = rolled_over(
        policy,
        unused=[
            Slice(grant.grant_id, grant.balance)
            for grant in ending
            if policy.rerolls or grant.category == GrantCategory.ALLOWANCE
        ],
        allowance=allowance,
        pool=pool,
    )
    trimmed = above_cap(
        policy,
        slices=[Slice(grant.grant_id, grant.balance) for grant in surviving],
        allowance=allowance,
        pool=pool,
    )
    return rolled, trimmed


def _end_of_term(
    policy: RolloverPolicy | None, period: UsagePeriod, anchor_at: datetime
) -> datetime | None:
    """When what rolls over ends: so many periods after this one, counted from the anchor."""
    if policy is None or policy.term_periods is None:
        return None
    months = (period.ends_at.year - anchor_at.year) * 12 + period.ends_at.month - anchor_at.month
    return boundary(anchor_at, months=months + policy.term_periods)


def _create_children(
    period: UsagePeriod,
    rolled: dict[int, Decimal],
    *,
    policy: RolloverPolicy | None,
    expires_at: datetime | None,
) -> dict[int, CreditGrant]:
    """The new grants, by the grant whose unused credits they are."""
    if policy is None or not rolled:
        return {}
    accounts = open_accounts(
        organization_id=period.organization_id,
        meter_id=period.meter_id,
        kind=AccountKind.GRANT,
        count=len(rolled),
    )
    children = [
        CreditGrant(
            organization_id=period.organization_id,
            meter_id=period.meter_id,
            account_id=account_id,
            category=GrantCategory.ROLLOVER,
            amount=amount,
            priority=policy.priority,
            effective_at=period.ends_at,
            expires_at=expires_at,
            source=period.source,
            parent_id=grant_id,
        ).with_public_id()
        for (grant_id, amount), account_id in zip(rolled.items(), accounts, strict=True)
    ]
    CreditGrant.objects.bulk_create(children)
    return dict(zip(rolled, children, strict=True))


def _book_the_end(
    period: UsagePeriod,
    grants: Sequence[_Ending],
    *,
    expired: dict[int, Decimal],
    rolled: dict[int, Decimal],
    children: dict[int, CreditGrant],
) -> None:
    def entry(grant: _Ending, kind: TransferKind, to: int, amount: Decimal) -> TransferEntry:
        return TransferEntry(
            meter_id=period.meter_id,
            kind=kind,
            debit_account_id=grant.account_id,
            credit_account_id=to,
            amount=amount,
            occurred_at=period.ends_at,
        )

    transfers = []
    for grant in grants:
        if grant.grant_id in rolled:
            child = children[grant.grant_id]
            transfers.append(
                entry(grant, TransferKind.ROLL_OVER, child.account_id, rolled[grant.grant_id])
            )
        if expired.get(grant.grant_id, ZERO) > ZERO:
            expired_id = account_of(
                organization_id=period.organization_id,
                meter_id=period.meter_id,
                kind=AccountKind.EXPIRED,
            )
            transfers.append(entry(grant, TransferKind.EXPIRE, expired_id, expired[grant.grant_id]))
    post_transfers(organization_id=period.organization_id, transfers=transfers)

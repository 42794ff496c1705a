"""The books as the customer may read them: transfers, a page at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from config.kernel.sql import Row

from ..choices import TransferKind
from ..models import CreditGrant, LedgerTransfer, UsageEvent, UsageReversal
from ..models.transfer import INTO_GRANTS
from .events import of_use, own_key
from .sums import MeterBooks
from .whereabouts import find_stretch, list_days_of_use


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """
    One transfer as the customer sees it: `amount` is positive where credits came in and
    negative where they went out. Overage is usage, so it is negative as well.

    A rollover moves credits from one grant (`from_grant`) to another and changes nothing about
    their sum: it is shown as it comes in, and to a reader of the giving grant as it goes out.
    `used_at` is set for usage that came too late for the period in which it was used: it counts at
    `occurred_at`. `is_reversed` marks usage that was taken back since. `api_key` is None unless the
    key that reported it is the organization's own.
    """

    id: int
    occurred_at: datetime
    recorded_at: datetime
    kind: str
    amount: Decimal
    event_id: str | None
    action: str | None
    member: str
    grant: str | None
    category: str | None
    from_grant: str | None = None
    hold: str | None = None
    used_at: datetime | None = None
    is_reversed: bool = False
    api_key: str | None = None

    @property
    def is_late(self) -> bool:
        """Whether it is usage that came too late for its period."""
        return self.used_at is not None


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """
    Which transfers to show: of one kind, of usage by an action, a member or an API key (by its
    public id), of one grant (by its public id), that occurred from one instant until before
    another. None: all of them.

    "" stands for usage that named no action or no member, or came by no key of the
    organization's own.
    """

    kind: TransferKind | None = None
    action: str | None = None
    member: str | None = None
    api_key: str | None = None
    grant: str | None = None
    occurred_from: datetime | None = None
    occurred_before: datetime | None = None

    @property
    def is_of_use(self) -> bool:
        """Whether it asks for usage, by what or whom it was."""
        return any(asked is not None for asked in (self.action, self.member, self.api_key))


EVERYTHING: Final = LedgerFilter()


def list_ledger(
    *,
    organization_id: int,
    meter_id: int,
    limit: int,
    before_id: int | None = None,
    only: LedgerFilter = EVERYTHING,
    books: MeterBooks | None = None,
) -> list[LedgerRow]:
    """
    Return a page of transfers, the last booked first; the next page starts before the last id.

    What is asked for is looked for only where in the books it can be: a rare member among the
    transfers from its first day of use to its last. `books` are those of the meter, if they were
    read: that saves a statement.
    """
    transfers: QuerySet[LedgerTransfer] = LedgerTransfer.objects.filter(
        organization_id=organization_id, meter_id=meter_id
    )
    if before_id is not None:
        transfers = transfers.filter(pk__lt=before_id)
    account_id = None
    if only.grant is not None:
        account_id = _account_of(organization_id, only.grant)
        if account_id is None:
            return []
    transfers = _only(transfers, organization_id, only, account_id)
    parts = _parts(transfers, organization_id, meter_id, only, account_id, books)
    rows = _newest([_rows_of(part.order_by("-pk")[:limit]) for part in parts], limit)
    return _present(rows, organization_id=organization_id, grant=only.grant)


def _account_of(organization_id: int, grant: str) -> int | None:
    return (
        CreditGrant.objects.filter(organization_id=organization_id, public_id=grant)
        .values_list("account_id", flat=True)
        .first()
    )


def _only(
    transfers: QuerySet[LedgerTransfer],
    organization_id: int,
    only: LedgerFilter,
    account_id: int | None,
) -> QuerySet[LedgerTransfer]:
    if only.kind is not None:
        transfers = transfers.filter(kind=only.kind)
    if account_id is not None:
        transfers = transfers.filter(Q(debit_account=account_id) | Q(credit_account=account_id))
    if only.occurred_from is not None:
        transfers = transfers.filter(occurred_at__gte=only.occurred_from)
    if only.occurred_before is not None:
        transfers = transfers.filter(occurred_at__lt=only.occurred_before)
    if not only.is_of_use:
        return transfers
    events = UsageEvent.objects.filter(
        organization_id=OuterRef("organization_id"), event_id=OuterRef("event_key")
    )
    used = of_use(
        events,
        organization_id=organization_id,
        action=only.action,
        member=only.member,
        api_key=only.api_key,
    )
    return transfers.filter(Exists(used))


def _parts(
    transfers: QuerySet[LedgerTransfer],
    organization_id: int,
    meter_id: int,
    only: LedgerFilter,
    account_id: int | None,
    books: MeterBooks | None,
) -> list[QuerySet[LedgerTransfer]]:
    """What was booked lately, and the part of the books in which the rest must lie."""
    if only == EVERYTHING:
        return [transfers]
    used = None
    if only.is_of_use:
        days = list_days_of_use(
            organization_id=organization_id,
            meter_id=meter_id,
            action=only.action,
            member=only.member,
            api_key=only.api_key,
            summed_to=None if books is None or books.mark is None else books.mark.event_id,
        )
        if days == []:
            return []
        used = days[0] if days else None
    stretch = find_stretch(
        organization_id=organization_id,
        meter_id=meter_id,
        account_id=account_id,
        kind=only.kind,
        used=used,
        occurred_from=only.occurred_from,
        occurred_before=only.occurred_before,
    )
    if stretch is None:
        return [transfers]
    recent = transfers.filter(pk__gt=stretch.summed_to)
    if stretch.first_id is None:
        return [recent]
    return [recent, transfers.filter(pk__range=(stretch.first_id, stretch.last_id))]


def _newest(parts: list[QuerySet[LedgerTransfer, Row]], limit: int) -> list[Row]:
    """So many of the newest rows of some parts, in one statement."""
    if not parts:
        return []
    first, *others = parts
    rows = first.union(*others, all=True) if others else first
    return sorted(rows, key=itemgetter(0), reverse=True)[:limit]


def _rows_of(transfers: QuerySet[LedgerTransfer]) -> QuerySet[LedgerTransfer, Row]:
    return transfers.values_list(
        "pk",
        "occurred_at",
        "recorded_at",
        "kind",
        "amount",
        "event_key",
        "debit_account__grant__public_id",
        "debit_account__grant__category",
        "credit_account__grant__public_id",
        "credit_account__grant__category",
        "hold__public_id",
        "hold__action__code",
        "hold__member",
    )


def _present(rows: Iterable[Row], *, organization_id: int, grant: str | None) -> list[LedgerRow]:
    rows = list(rows)
    events = _events_of(organization_id, [row[5] for row in rows if row[5] is not None])
    shown = []
    for pk, occurred_at, recorded_at, kind, amount, event_id, *sides, hold, action, member in rows:
        giving, giving_category, getting, getting_category = sides
        is_going_out = kind not in INTO_GRANTS or (
            kind == TransferKind.ROLL_OVER and giving == grant
        )
        action, member, api_key, used_at, is_reversed = events.get(
            event_id, (action, member or "", None, None, False)
        )
        shown.append(
            LedgerRow(
                id=pk,
                occurred_at=occurred_at,
                recorded_at=recorded_at,
                kind=kind,
                amount=-amount if is_going_out else amount,
                event_id=event_id,
                action=action,
                member=member,
                grant=getting or giving,
                category=getting_category or giving_category,
                from_grant=giving if getting else None,
                hold=hold,
                used_at=used_at,
                is_reversed=is_reversed and kind != TransferKind.REVERSE,
                api_key=api_key,
            )
        )
    return shown


def _events_of(
    organization_id: int, event_ids: list[str]
) -> dict[str | None, tuple[str | None, str, str | None, datetime | None, bool]]:
    """
    Action, member and own key of each event, when it was used if late, and whether it was taken
    back.
    """
    if not event_ids:
        return {}
    taken_back = UsageReversal.objects.filter(
        organization_id=organization_id, event_key=OuterRef("event_id")
    )
    rows = (
        UsageEvent.objects.filter(organization_id=organization_id, event_id__in=event_ids)
        .annotate(own_key=own_key(organization_id), is_reversed=Exists(taken_back))
        .values_list(
            "event_id",
            "action__code",
            "member",
            "own_key",
            "occurred_at",
            "counted_at",
            "is_reversed",
        )
    )
    return {
        event_id: (action, member, key, used_at if used_at < counted_at else None, is_reversed)
        for event_id, action, member, key, used_at, counted_at, is_reversed in rows
    }

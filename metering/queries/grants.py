"""What happened to a grant, and which grants paid for an event."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from config.kernel.errors import NotFound
from config.kernel.quantities import ZERO
from config.kernel.sql import fetch

from ..choices import GrantCategory, TransferKind
from ..models import CreditGrant, RollupMark
from .balances import GrantBalance


class GrantNotFound(NotFound):
    """There is no such grant, or it is another organization's."""

    code = "grant_not_found"
    title = "No such credit grant"


@dataclass(frozen=True, slots=True)
class GrantMovement:
    """
    One amount that a grant lost (negative) or gained.

    `event_id` is the usage that it paid for or got back, with its action and member, `hold` the
    hold that set it aside or returned it, and `other_grant` where it rolled over to or from.
    """

    id: int
    occurred_at: datetime
    recorded_at: datetime
    kind: str
    amount: Decimal
    event_id: str | None
    action: str | None
    member: str
    hold: str | None
    other_grant: str | None


@dataclass(frozen=True, slots=True)
class GrantStatement:
    """
    What became of a grant: `amount` = `consumed` + `held` + `expired` + `rolled_over` + what
    remains. What was reversed or released again is in none of them.

    `parent` is the grant whose unused credits these are, `child` the one that got its own.
    `ended_at` is set if it ended before its time, with its agreement. `movements` are one page
    of it, the newest first; the next one begins before the last id.
    """

    grant: GrantBalance
    meter: str
    unit_plural: str
    source: str
    parent: str | None
    child: str | None
    ended_at: datetime | None
    consumed: Decimal
    held: Decimal
    expired: Decimal
    rolled_over: Decimal
    movements: tuple[GrantMovement, ...]


@dataclass(frozen=True, slots=True)
class Payment:
    """
    A part of what an event took: the grant that paid it, or None where it was overage.

    `kind` says whether it was paid at once (`consume`), nobody paid (`overage`), credits paid
    afterwards for what had been overage (`cover`), or it was given back (`reverse`, negative).
    """

    grant: str | None
    category: str | None
    kind: str
    amount: Decimal
    occurred_at: datetime


_TOTALS: Final = """
WITH mark AS (
    SELECT coalesce(max(transfer_id), 0) AS transfer_id
    FROM metering_rollupmark WHERE organization_id = %(organization)s
)
SELECT kind, sum(amount)
FROM (
    SELECT kind, amount FROM metering_accountday
    WHERE organization_id = %(organization)s AND meter_id = %(meter)s AND account_id = %(account)s
    UNION ALL
    SELECT recent.kind,
           CASE WHEN recent.debit_account_id = %(account)s THEN -recent.amount
                ELSE recent.amount END
    FROM mark
    JOIN metering_ledgertransfer AS recent
        ON recent.organization_id = %(organization)s AND recent.id > %(summed_to)s
       AND recent.id > mark.transfer_id
       AND %(account)s IN (recent.debit_account_id, recent.credit_account_id)
) AS movement
GROUP BY kind
"""

_MOVEMENTS: Final = """
WITH last_seen AS (
    SELECT occurred_at, id FROM metering_ledgertransfer
    WHERE organization_id = %(organization)s AND id = %(before)s
    UNION ALL
    SELECT 'infinity', 0 WHERE %(before)s::bigint IS NULL
), page AS (
    (
        SELECT transfer.id, transfer.occurred_at, -transfer.amount AS amount,
               transfer.credit_account_id AS other_account_id
        FROM last_seen
        JOIN metering_ledgertransfer AS transfer
            ON transfer.organization_id = %(organization)s
           AND transfer.debit_account_id = %(account)s
           AND (transfer.occurred_at, transfer.id) < (last_seen.occurred_at, last_seen.id)
        ORDER BY transfer.occurred_at DESC, transfer.id DESC
        LIMIT %(limit)s
    )
    UNION ALL
    (
        SELECT transfer.id, transfer.occurred_at, transfer.amount, transfer.debit_account_id
        FROM last_seen
        JOIN metering_ledgertransfer AS transfer
            ON transfer.organization_id = %(organization)s
           AND transfer.credit_account_id = %(account)s
           AND transfer.kind IN ('issue', 'roll_over', 'release', 'reverse')
           AND (transfer.occurred_at, transfer.id) < (last_seen.occurred_at, last_seen.id)
        ORDER BY transfer.occurred_at DESC, transfer.id DESC
        LIMIT %(limit)s
    )
    ORDER BY occurred_at DESC, id DESC
    LIMIT %(limit)s
)
SELECT page.id, page.occurred_at, transfer.recorded_at, transfer.kind, page.amount,
       transfer.event_key, action.code, coalesce(event.member, hold.member, ''),
       hold.public_id, other_grant.public_id
FROM page
JOIN metering_ledgertransfer AS transfer
    ON transfer.organization_id = %(organization)s AND transfer.id = page.id
LEFT JOIN metering_usageevent AS event
    ON event.organization_id = %(organization)s AND event.event_id = transfer.event_key
LEFT JOIN metering_hold AS hold ON hold.id = transfer.hold_id
LEFT JOIN metering_action AS action ON action.id = coalesce(event.action_id, hold.action_id)
LEFT JOIN metering_creditgrant AS other_grant
    ON other_grant.organization_id = %(organization)s
   AND other_grant.account_id = page.other_account_id
ORDER BY page.occurred_at DESC, page.id DESC
"""

_PAYMENTS: Final = """
SELECT given.public_id, given.category, transfer.kind,
       CASE WHEN transfer.kind = 'reverse' THEN -transfer.amount ELSE transfer.amount END,
       transfer.occurred_at
FROM metering_ledgertransfer AS transfer
LEFT JOIN metering_creditgrant AS given
    ON given.organization_id = transfer.organization_id
   AND given.account_id IN (transfer.debit_account_id, transfer.credit_account_id)
WHERE transfer.organization_id = %(organization)s AND transfer.event_key = %(event)s
  AND transfer.kind <> 'expire'
ORDER BY transfer.id
"""


def get_grant_statement(
    *, organization_id: int, grant: str, limit: int, before_id: int | None = None
) -> GrantStatement:
    """
    Return what happened to a grant, named by its public id, with one page of its movements.

    Raises `GrantNotFound`.
    """
    found = (
        CreditGrant.objects.filter(organization_id=organization_id, public_id=grant)
        .select_related("account", "meter", "parent", "early_end")
        .first()
    )
    if found is None:
        raise GrantNotFound("There is no such credit grant.")
    totals = _totals(found)
    rolled_in = found.amount if found.category == GrantCategory.ROLLOVER else ZERO
    return GrantStatement(
        grant=GrantBalance(
            public_id=found.public_id,
            category=found.category,
            amount=found.amount,
            remaining=found.account.balance,
            effective_at=found.effective_at,
            expires_at=found.expires_at,
            actions=tuple(
                found.restrictions.order_by("action__code").values_list("action__code", flat=True)
            ),
        ),
        meter=found.meter.code,
        unit_plural=found.meter.unit_plural,
        source=found.source,
        parent=found.parent.public_id if found.parent else None,
        child=CreditGrant.objects.filter(organization_id=organization_id, parent=found)
        .values_list("public_id", flat=True)
        .first(),
        ended_at=found.early_end.ended_at if hasattr(found, "early_end") else None,
        consumed=-_sum_of(totals, TransferKind.CONSUME, TransferKind.COVER, TransferKind.REVERSE),
        held=-_sum_of(totals, TransferKind.HOLD, TransferKind.RELEASE),
        expired=-_sum_of(totals, TransferKind.EXPIRE),
        rolled_over=rolled_in - _sum_of(totals, TransferKind.ROLL_OVER),
        movements=_list_movements(found, limit=limit, before_id=before_id),
    )


def list_payments_of(*, organization_id: int, event_id: str) -> list[Payment]:
    """Return what paid for an event, in the order in which it was booked; [] for an unknown one."""
    asked = {"organization": organization_id, "event": event_id}
    return [Payment(*row) for row in fetch(_PAYMENTS, asked)]


def _totals(grant: CreditGrant) -> dict[str, Decimal]:
    """What the grant gained in all by each kind of transfer."""
    summed_to = (
        RollupMark.objects.filter(organization_id=grant.organization_id)
        .values_list("transfer_id", flat=True)
        .first()
    )
    return dict(fetch(_TOTALS, _named(grant, summed_to=summed_to or 0)))


def _sum_of(totals: dict[str, Decimal], *kinds: TransferKind) -> Decimal:
    return sum((totals.get(kind, ZERO) for kind in kinds), ZERO)


def _list_movements(
    grant: CreditGrant, *, limit: int, before_id: int | None
) -> tuple[GrantMovement, ...]:
    rows = fetch(_MOVEMENTS, _named(grant, before=before_id, limit=limit))
    return tuple(GrantMovement(*row) for row in rows)


def _named(grant: CreditGrant, **parameters: object) -> dict[str, object]:
    return {
        "organization": grant.organization_id,
        "meter": grant.meter_id,
        "account": grant.account_id,
        **parameters,
    }

"""Give credits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ..choices import AccountKind, GrantCategory, TransferKind
from ..ledger import posting
from ..ledger.accounts import account_of
from ..ledger.posting import TransferEntry
from ..ledger.returning import let_credits_pay
from ..models import CreditGrant, GrantRestriction
from .telling import tell_granted

DEFAULT_PRIORITY = 100


@dataclass(frozen=True, slots=True)
class NewGrant:
    """
    The terms of a grant to be given.

    `source` names what the credits are given for; an allowance also names its period and the
    `level` that it brings the period to, and whether it `opens_period`: then no usage can have
    come before it. It can be spent from `effective_at` until just before
    `expires_at` (None: for ever), on the actions named or, without any, on everything.
    """

    meter_id: int
    category: GrantCategory
    amount: Decimal
    effective_at: datetime
    expires_at: datetime | None
    source: str
    priority: int = DEFAULT_PRIORITY
    period_id: int | None = None
    level: Decimal | None = None
    action_ids: Sequence[int] = ()
    opens_period: bool = False


def grant_credits(*, organization_id: int, grant: NewGrant) -> CreditGrant:
    """
    Give credits once, on terms that never change.

    Overage of open periods that they could have paid for is paid at once, and apps are told of
    the grant. A second allowance of
    the same level for a period, and a second grant for one purchase, are refused by the database
    (`IntegrityError`).
    """
    meter_id = grant.meter_id
    issued_id = account_of(
        organization_id=organization_id, meter_id=meter_id, kind=AccountKind.ISSUED
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
        level=grant.level,
    )
    GrantRestriction.objects.bulk_create(
        GrantRestriction(grant=stored, action_id=action_id) for action_id in grant.action_ids
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
    if not grant.opens_period:
        let_credits_pay(
            organization_id=organization_id, meter_id=meter_id, account_ids=[account_id]
        )
    tell_granted(organization_id=organization_id, grants=[stored.public_id])
    return stored

"""The one lock of an organization."""

from collections.abc import Collection
from typing import Final

from django.db import connection
from django.db.transaction import TransactionManagementError

from config.kernel.sql import ask, execute

LOCK_ORGANIZATION: Final = "SELECT 1 FROM accounts_organization WHERE id = %s FOR NO KEY UPDATE"
_LOCK_MANY: Final = (
    "SELECT 1 FROM accounts_organization WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
)
_LOCK_IF_FREE: Final = LOCK_ORGANIZATION + " SKIP LOCKED"


def lock_organization(*, organization_id: int) -> None:
    """
    Wait for, and hold until the transaction ends, the right to change what this organization
    has and owes.

    Every operation on its ledger or its agreements takes this lock first, so they happen one
    after the other and none of them can deadlock. Reads and other organizations never wait.
    """
    _check_transaction()
    execute(LOCK_ORGANIZATION, [organization_id])


def lock_organizations(*, organization_ids: Collection[int]) -> None:
    """
    The same for many organizations at once, one after the other in the order of their keys.

    Only for a deed of staff about all of them: none of them can do anything until it is done.
    """
    _check_transaction()
    execute(_LOCK_MANY, [list(organization_ids)])


def try_lock_organization(*, organization_id: int) -> bool:
    """
    Lock the organization unless somebody else holds the lock, and say whether it was free.

    For sweeps, which come back later: while one is at an organization, others go on to the next.
    """
    _check_transaction()
    return ask(_LOCK_IF_FREE, [organization_id]).first() is not None


def _check_transaction() -> None:
    if not connection.in_atomic_block:
        raise TransactionManagementError("An organization is locked within a transaction.")

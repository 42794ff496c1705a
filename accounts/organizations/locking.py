"""The one lock of an organization."""

from typing import Final

from django.db import connection
from django.db.transaction import TransactionManagementError

from config.kernel.sql import execute

LOCK_ORGANIZATION: Final = "SELECT 1 FROM accounts_organization WHERE id = %s FOR NO KEY UPDATE"


def lock_organization(*, organization_id: int) -> None:
    """
    Wait for, and hold until the transaction ends, the right to change what this organization
    has and owes.

    Every operation on its ledger or its agreements takes this lock first, so they happen one
    after the other and none of them can deadlock. Reads and other organizations never wait.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("An organization is locked within a transaction.")
    execute(LOCK_ORGANIZATION, [organization_id])

"""The one lock of an organization."""

from ..models import Organization


def lock_organization(*, organization_id: int) -> None:
    """
    Wait for, and hold until the transaction ends, the right to change what this organization
    has and owes.

    Every operation on its ledger or its agreements takes this lock first, so they happen one
    after the other and none of them can deadlock. Reads and other organizations never wait.
    """
    list(
        Organization.objects.select_for_update(no_key=True)
        .filter(pk=organization_id)
        .values_list("pk")
    )

"""The one account of each kind that an organization has on a meter."""

from ..choices import AccountKind
from ..models import LedgerAccount
from .posting import open_account


def account_of(*, organization_id: int, meter_id: int, kind: AccountKind) -> int:
    """Return the id of the account, opened on first use."""
    found = (
        LedgerAccount.objects.filter(organization_id=organization_id, meter_id=meter_id, kind=kind)
        .values_list("pk", flat=True)
        .first()
    )
    if found is not None:
        return found
    return open_account(organization_id=organization_id, meter_id=meter_id, kind=kind)

"""Which scopes a person may give to a key: none that lets it do more than they may themselves."""

from typing import Final

from accounts.access.permissions import Permission
from accounts.choices import Scope

from ..access import Visit

# What is not here is the company's to give: credits, agreements without payment, flags, outcomes.
_NEEDED: Final[dict[Scope, Permission]] = {
    Scope.USAGE_WRITE: Permission.MANAGE_DEVELOPERS,
    Scope.BALANCES_READ: Permission.MANAGE_DEVELOPERS,
    Scope.ENTITLEMENTS_READ: Permission.MANAGE_DEVELOPERS,
    Scope.AGREEMENTS_READ: Permission.MANAGE_DEVELOPERS,
    Scope.BILLING_READ: Permission.VIEW_BILLING,
    Scope.BILLING_WRITE: Permission.MANAGE_BILLING,
    Scope.ORGANIZATIONS_READ: Permission.MANAGE_DEVELOPERS,
    Scope.OUTCOMES_READ: Permission.MANAGE_DEVELOPERS,
    Scope.WEBHOOKS_READ: Permission.MANAGE_DEVELOPERS,
    Scope.WEBHOOKS_WRITE: Permission.MANAGE_DEVELOPERS,
}
# What an app needs that asks first and reports what was used.
USUAL: Final = (Scope.USAGE_WRITE, Scope.BALANCES_READ, Scope.ENTITLEMENTS_READ)


def scopes_for(visit: Visit) -> list[Scope]:
    """Return the scopes that the person may give."""
    return [scope for scope, needed in _NEEDED.items() if visit.may(needed)]

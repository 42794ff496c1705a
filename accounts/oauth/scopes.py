"""
What a token may do, and the names for it.

Our own names are those of `accounts.choices.Scope`. Kinde's names are good too: each stands for
one of ours, so that a client that was written for Kinde can ask for what it always asked for.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from ..choices import Scope

# What an app may ask for when people sign in to it; `offline` has two names.
SIGN_IN_SCOPES: Final = ("openid", "profile", "email", "offline", "offline_access")

KINDE_SCOPES: Final[Mapping[str, Scope]] = {
    "create:meter_usage": Scope.USAGE_WRITE,
    "read:billing_entitlements": Scope.ENTITLEMENTS_READ,
    "read:entitlements": Scope.ENTITLEMENTS_READ,
    "read:feature_flags": Scope.ENTITLEMENTS_READ,
    "read:organization_feature_flags": Scope.ENTITLEMENTS_READ,
    "create:organization_feature_flags": Scope.FLAGS_WRITE,
    "update:organization_feature_flags": Scope.FLAGS_WRITE,
    "delete:organization_feature_flags": Scope.FLAGS_WRITE,
    "update:user_feature_flags": Scope.FLAGS_WRITE,
    "read:billing_agreements": Scope.AGREEMENTS_READ,
    # There it also moves a customer from one plan to another, which costs or gives back.
    "create:billing_agreements": Scope.BILLING_WRITE,
    "update:billing_agreements": Scope.BILLING_WRITE,
    "delete:billing_agreements": Scope.BILLING_WRITE,
    "read:organizations": Scope.ORGANIZATIONS_READ,
    "read:organization_users": Scope.ORGANIZATIONS_READ,
    "read:api_keys": Scope.ORGANIZATIONS_READ,
    "read:properties": Scope.ORGANIZATIONS_READ,
    "read:organization_properties": Scope.ORGANIZATIONS_READ,
    "create:organizations": Scope.ORGANIZATIONS_WRITE,
    "update:organizations": Scope.ORGANIZATIONS_WRITE,
    "delete:organizations": Scope.ORGANIZATIONS_WRITE,
    "create:properties": Scope.ORGANIZATIONS_WRITE,
    "update:organization_properties": Scope.ORGANIZATIONS_WRITE,
    "read:webhooks": Scope.WEBHOOKS_READ,
    "read:events": Scope.WEBHOOKS_READ,
    "read:event_types": Scope.WEBHOOKS_READ,
    "create:webhooks": Scope.WEBHOOKS_WRITE,
    "update:webhooks": Scope.WEBHOOKS_WRITE,
    "delete:webhooks": Scope.WEBHOOKS_WRITE,
}


def names_of(scopes: Collection[str]) -> list[str]:
    """Return every name by which a client with these scopes may ask: ours first, then Kinde's."""
    return [*scopes, *(name for name, scope in KINDE_SCOPES.items() if scope in scopes)]


def scopes_named(names: Iterable[str]) -> frozenset[str]:
    """Return our scopes that these names stand for; a name that is no scope stands for none."""
    known = {scope.value: scope.value for scope in Scope} | {
        name: scope.value for name, scope in KINDE_SCOPES.items()
    }
    return frozenset(known[name] for name in names if name in known)

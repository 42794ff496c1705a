"""Which addresses are Kinde's alone: what is not found there is told in its words."""

import re
from typing import Final

_NOUNS: Final = (
    *("api_keys", "apis", "applications", "billing", "business", "callbacks", "connected_apps"),
    *("connections", "environment", "environments", "event_types", "feature_flags", "identities"),
    *("industries", "invitations", "mfa", "organization", "permissions", "portal"),
    *("property_categories", "roles", "search", "subscriber", "subscribers", "system_permissions"),
    *("timezones", "user", "users", "webhooks"),
)
_MANAGEMENT: Final = re.compile(rf"/api/v1/(?:{'|'.join(_NOUNS)})(?:/.*)?", re.DOTALL)
_ACCOUNT_PREFIX: Final = "/account_api/"


def is_kindes_address(path: str) -> bool:
    """Whether Kinde has this address, or something below it, and we have nothing like it."""
    return path.startswith(_ACCOUNT_PREFIX) or _MANAGEMENT.fullmatch(path) is not None

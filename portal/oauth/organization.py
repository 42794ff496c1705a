"""
On behalf of which organization a person signs in to an app.

The engine keeps what a token is for, its *resources* (RFC 8707), with a code, with the tokens that
are given for it, and with every token that replaces one of those. The organization is kept there,
under a name that nobody else can give.
"""

from collections.abc import Sequence
from typing import Final

from allauth.idp.oidc.internal.oauthlib.utils import get_validator_context

_SCHEME: Final = "organization://"


def resource_of(organization_code: str) -> str:
    """The organization as the engine keeps it."""
    return f"{_SCHEME}{organization_code}"


def find_organization_signed_in_for() -> str | None:
    """
    Return the code of the organization that the token, or the code, of this request is about.

    None is for a person who belonged to none when they signed in.
    """
    known = get_validator_context()
    shown = known.access_token or known.refresh_token
    resources: Sequence[str] = shown.get_resources() if shown else known.granted_resources or ()
    return next(
        (name.removeprefix(_SCHEME) for name in resources if name.startswith(_SCHEME)), None
    )

"""What a token of ours says, once it is certain that it is ours, for this, and still good."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

import jwt
from jwt.types import Options

from .signing import ALGORITHM, find_public_key

_ALWAYS: Final = frozenset({"aud", "exp", "iss", "token_use"})


def read_claims(
    token: str,
    *,
    use: str,
    needed: Collection[str],
    issuer: str,
    audiences: Collection[str],
    now: datetime,
) -> Mapping[str, Any] | None:
    """
    Return what a token says that we signed for this use; None for every other text.

    Takes one query for a signature by a key of ours that this process does not know yet.
    """
    # We look at the clock ourselves.
    checked: Options = {
        "require": sorted({*_ALWAYS, *needed}),
        "verify_exp": False,
        "verify_iat": False,
        "verify_nbf": False,
    }
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        public_key = None if kid is None else find_public_key(kid=kid, now=now)
        if public_key is None:
            return None
        claims: dict[str, Any] = jwt.decode(
            token,
            public_key,
            algorithms=[ALGORITHM],
            issuer=issuer,
            audience=audiences,
            options=checked,
        )
    except jwt.PyJWTError:
        return None
    is_good = claims["token_use"] == use and claims["exp"] > now.timestamp()
    return claims if is_good else None

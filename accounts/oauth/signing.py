"""
The keys that sign tokens and webhooks.

The first is made when it is needed, so nobody has to configure one. A key that takes over is
shown before it signs, and one that has signed is shown until what it signed has expired: whoever
checks signatures and keeps what they read for `SHOWN_AHEAD` never meets a key that they cannot
know.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import jwt
import structlog
from allauth.core.internal.jwkkit import load_jwk_from_pem
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.db import connection, transaction
from django.db.models import Q

from config.kernel.encryption import Unreadable, decrypt, encrypt

from ..models import OAuthSigningKey

logger = structlog.get_logger(__name__)

ALGORITHM: Final = "RS256"
# How long others may keep what they read of our keys, and how long we do.
SHOWN_AHEAD: Final = timedelta(minutes=5)
KNOWN_FOR: Final = timedelta(minutes=1)

_PURPOSE: Final = "oauth signing key"
_BITS: Final = 2048
_PUBLIC_EXPONENT: Final = 65537
_ADVISORY_LOCK: Final = 7_201_933_400_150_001


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key, opened."""

    kid: str
    pem: str = field(repr=False)
    public_jwk: Mapping[str, Any]
    private_key: rsa.RSAPrivateKey = field(repr=False)
    signs_from: datetime
    retires_at: datetime | None


@dataclass(slots=True)
class _Known:
    key: rsa.RSAPublicKey
    until: datetime


_known: dict[str, _Known] = {}


def list_signing_keys(*, now: datetime) -> list[SigningKey]:
    """
    Return the keys whose signatures are good, those that began last first.

    A key that was encrypted with a SECRET_KEY that is no longer known is left out: it cannot sign
    again.
    """
    rows = OAuthSigningKey.objects.filter(_unretired(now)).order_by("-signs_from", "-pk")
    opened = (_open(row) for row in rows)
    return [key for key in opened if key is not None]


def get_signing_key(*, now: datetime) -> SigningKey:
    """Return the key that signs at this moment, made now if there is none."""
    found = _find_signing_key(now)
    return found if found is not None else _make_first_key(now)


def sign(*, claims: Mapping[str, Any], now: datetime) -> str:
    """Return these claims as a JSON Web Token with the signature of the house."""
    key = get_signing_key(now=now)
    return jwt.encode(dict(claims), key.private_key, ALGORITHM, headers={"kid": key.kid})


def public_keys(*, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """Return the keys with which others check our signatures, as a JSON Web Key Set."""
    get_signing_key(now=now)
    return {
        "keys": [
            dict(key.public_jwk) | {"alg": ALGORITHM, "use": "sig"}
            for key in list_signing_keys(now=now)
        ]
    }


def find_public_key(*, kid: str, now: datetime) -> rsa.RSAPublicKey | None:
    """Return the key by this name if its signatures are good. Remembered for a minute."""
    known = _known.get(kid)
    if known is not None and now < known.until:
        return known.key
    row = OAuthSigningKey.objects.filter(_unretired(now), kid=kid).first()
    key = None if row is None else _open(row)
    if key is None:
        _known.pop(kid, None)
        return None
    until = now + KNOWN_FOR
    public_key = key.private_key.public_key()
    _known[kid] = _Known(public_key, min(until, key.retires_at or until))
    return public_key


@transaction.atomic
def rotate_signing_key(*, overlap: timedelta, at_once: bool = False, now: datetime) -> str:
    """
    Make a key that takes over, and let the others retire; returns its name.

    It signs as soon as everybody can know it. What the others signed stays good for the overlap
    after that. `at_once` is for a key that somebody stole: the new one signs now, and whatever
    another has signed is refused.
    """
    _lock()
    signs_from = now if at_once else now + SHOWN_AHEAD
    retires_at = now if at_once else signs_from + overlap
    OAuthSigningKey.objects.filter(Q(retires_at=None) | Q(retires_at__gt=retires_at)).update(
        retires_at=retires_at
    )
    return _make(signs_from=signs_from).kid


def delete_retired_keys(*, now: datetime) -> int:
    """Forget the keys whose signatures are no longer good; returns how many."""
    count, _ = OAuthSigningKey.objects.filter(retires_at__lte=now).delete()
    return count


def _find_signing_key(now: datetime) -> SigningKey | None:
    return next((key for key in list_signing_keys(now=now) if key.signs_from <= now), None)


@transaction.atomic
def _make_first_key(now: datetime) -> SigningKey:
    _lock()
    # Another process may have been first.
    found = _find_signing_key(now)
    if found is not None:
        return found
    made = _open(_make(signs_from=now))
    assert made is not None
    return made


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])


def _make(*, signs_from: datetime) -> OAuthSigningKey:
    private_key = rsa.generate_private_key(_PUBLIC_EXPONENT, _BITS)
    pem = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    jwk, _ = load_jwk_from_pem(pem)
    return OAuthSigningKey.objects.create(
        kid=jwk["kid"], encrypted_pem=encrypt(pem, purpose=_PURPOSE), signs_from=signs_from
    )


def _unretired(now: datetime) -> Q:
    return Q(retires_at=None) | Q(retires_at__gt=now)


def _open(row: OAuthSigningKey) -> SigningKey | None:
    try:
        pem, public_jwk, private_key = _opened(bytes(row.encrypted_pem))
    except Unreadable:
        logger.warning("signing_key_is_unreadable", kid=row.kid)
        return None
    return SigningKey(
        kid=row.kid,
        pem=pem,
        public_jwk=public_jwk,
        private_key=private_key,
        signs_from=row.signs_from,
        retires_at=row.retires_at,
    )


@lru_cache(maxsize=16)
def _opened(encrypted: bytes) -> tuple[str, Mapping[str, Any], rsa.RSAPrivateKey]:
    pem = decrypt(encrypted, purpose=_PURPOSE)
    public_jwk, private_key = load_jwk_from_pem(pem)
    return pem, public_jwk, private_key

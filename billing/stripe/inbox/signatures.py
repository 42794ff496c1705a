"""Stripe's signature on what it sends: `t=1700000000,v1=<hex>`, over the time and the body."""

import hashlib
import hmac
from datetime import datetime
from typing import Final

from .errors import Forged, Stale

TOLERANCE_SECONDS: Final = 300
# A header longer than this is not Stripe's; it signs with a few secrets at most.
LONGEST_HEADER: Final = 4096


def verify(*, payload: bytes, header: str, secret: str, now: datetime) -> None:
    """
    Raises `Forged` unless the payload was signed with the secret, and `Stale` unless that was
    within five minutes.
    """
    signed_at, signatures = _read(header)
    expected = sign(payload=payload, signed_at=signed_at, secret=secret)
    if not any(hmac.compare_digest(expected.encode(), each.encode()) for each in signatures):
        raise Forged("The signature does not fit.")
    if abs(int(now.timestamp()) - signed_at) > TOLERANCE_SECONDS:
        raise Stale("The signature is too old, or one of the clocks is wrong.")


def sign(*, payload: bytes, signed_at: int, secret: str) -> str:
    """The signature of a payload at that second."""
    return hmac.new(secret.encode(), b"%d.%b" % (signed_at, payload), hashlib.sha256).hexdigest()


def _read(header: str) -> tuple[int, list[str]]:
    pairs = [part.partition("=") for part in header[:LONGEST_HEADER].split(",")]
    times = [value for name, _, value in pairs if name.strip() == "t"]
    signatures = [value.strip() for name, _, value in pairs if name.strip() == "v1"]
    is_time = len(times) == 1 and times[0].isascii() and times[0].isdecimal()
    if not is_time or not signatures:
        raise Forged("There is no signature.")
    return int(times[0][:20]), signatures

"""What makes two requests with the same id the same request."""

import hashlib
from typing import Final

import msgspec

_encoder: Final = msgspec.json.Encoder(order="deterministic")


def fingerprint(*facts: object) -> bytes:
    """
    Return the digest of what a request says, however it was spelled.

    It is stored for ever: what a request says must never be put into it in another way.
    """
    return hashlib.sha256(_encoder.encode(facts)).digest()

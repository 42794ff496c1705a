"""Public identifiers: a prefix that names the kind, then 26 characters that sort by creation."""

import os
import time
from typing import Final

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_BITS: Final = 80
_LENGTH: Final = 26


def new_id(prefix: str) -> str:
    """
    Return a new identifier such as `org_06f4hxw2k3...`.

    The first 48 bits are the milliseconds since 1970, the other 80 are random,
    written in Crockford's base 32: ids made later sort later, and none can be guessed.
    """
    milliseconds = time.time_ns() // 1_000_000
    number = (milliseconds << _RANDOM_BITS) | int.from_bytes(os.urandom(_RANDOM_BITS // 8))
    digits = []
    for _ in range(_LENGTH):
        number, digit = divmod(number, 32)
        digits.append(_ALPHABET[digit])
    return f"{prefix}_{''.join(reversed(digits))}"

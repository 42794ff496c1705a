"""
The form of an API key: `tb_live_<8 characters id>_<43 random characters><6 characters checksum>`.

The id is what the database looks up. The 43 characters carry 256 random bits, so a plain
SHA-256 of the whole is enough to store. The checksum lets a typing error, or a scanner's false
find, be told from a key without asking the database.
"""

import hashlib
import re
import secrets
import string
from dataclasses import dataclass, field
from typing import Final
from zlib import crc32

_BASE62: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_LABEL: Final = "tb_live"
_ID_LENGTH: Final = 8
_RANDOM_LENGTH: Final = 43
_CHECKSUM_LENGTH: Final = 6
_FORM: Final = re.compile(
    rf"({_LABEL}_[0-9A-Za-z]{{{_ID_LENGTH}}})_"
    rf"[0-9A-Za-z]{{{_RANDOM_LENGTH}}}([0-9A-Za-z]{{{_CHECKSUM_LENGTH}}})"
)


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret just made, and the part of it that may be shown for ever."""

    prefix: str
    secret: str = field(repr=False)


def make_secret() -> NewSecret:
    """Return a new secret that nobody can guess."""
    prefix = f"{_LABEL}_{_random_text(_ID_LENGTH)}"
    unchecked = f"{prefix}_{_random_text(_RANDOM_LENGTH)}"
    return NewSecret(prefix=prefix, secret=unchecked + _checksum(unchecked))


def prefix_of(secret: str) -> str | None:
    """Return the part that names the key, or None if the text cannot be a key of ours."""
    match = _FORM.fullmatch(secret)
    if match is None or _checksum(secret[:-_CHECKSUM_LENGTH]) != match[2]:
        return None
    return match[1]


def digest(secret: str) -> bytes:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def _random_text(length: int) -> str:
    return "".join(secrets.choice(_BASE62) for _ in range(length))


def _checksum(text: str) -> str:
    number = crc32(text.encode())
    characters = []
    for _ in range(_CHECKSUM_LENGTH):
        number, index = divmod(number, len(_BASE62))
        characters.append(_BASE62[index])
    return "".join(reversed(characters))

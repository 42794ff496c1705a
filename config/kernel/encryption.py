"""Secrets that must be read again, kept so that the database alone does not tell them."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes


class Unreadable(Exception):
    """It was encrypted with a SECRET_KEY that is no longer known, or for another purpose."""


def encrypt(secret: str, *, purpose: str) -> bytes:
    """The secret, encrypted with a key that follows from SECRET_KEY and the purpose."""
    return encrypt_bytes(secret.encode(), purpose=purpose)


def decrypt(encrypted: bytes, *, purpose: str) -> str:
    """The secret again; keys in SECRET_KEY_FALLBACKS are good too. Raises `Unreadable`."""
    return decrypt_bytes(encrypted, purpose=purpose).decode()


def encrypt_bytes(secret: bytes, *, purpose: str) -> bytes:
    """Like `encrypt`, of bytes."""
    return _keys(purpose).encrypt(secret)


def decrypt_bytes(encrypted: bytes, *, purpose: str) -> bytes:
    """Like `decrypt`, to bytes. Raises `Unreadable`."""
    try:
        return _keys(purpose).decrypt(bytes(encrypted))
    except InvalidToken as error:
        raise Unreadable(purpose) from error


def _keys(purpose: str) -> MultiFernet:
    known = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key, purpose)) for key in known])


def _derived(key: str | bytes, purpose: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
    return base64.urlsafe_b64encode(derivation.derive(force_bytes(key)))

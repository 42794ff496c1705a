"""How the secrets of clients are stored."""

import hashlib
import hmac
from typing import Any, Final

from django.contrib.auth.hashers import BasePasswordHasher, mask_hash

_ALGORITHM: Final = "random_sha256"


def stored_secret(digest: bytes) -> str:
    """Return what a client's row holds of a secret whose SHA-256 is this."""
    return f"{_ALGORITHM}${digest.hex()}"


class RandomSecretHasher(BasePasswordHasher):
    """
    Knows secrets that are long and random, by their plain SHA-256.

    What people choose can be guessed, so it has to be hashed slowly. Nobody guesses 256 random
    bits, and a program that asks for a token should not wait for a slow hash. No password of a
    person is ever stored like this: this hasher is never the first of `PASSWORD_HASHERS`.
    """

    algorithm = _ALGORITHM

    def salt(self) -> str:
        return ""

    def encode(self, password: str, salt: str) -> str:
        return stored_secret(hashlib.sha256(password.encode()).digest())

    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, _, digest = encoded.partition("$")
        return {"algorithm": algorithm, "hash": digest, "salt": ""}

    def verify(self, password: str, encoded: str) -> bool:
        return hmac.compare_digest(encoded, self.encode(password, ""))

    def safe_summary(self, encoded: str) -> Any:
        return {"algorithm": _ALGORITHM, "hash": mask_hash(self.decode(encoded)["hash"])}

    def must_update(self, encoded: str) -> bool:
        return False

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing to do: the one round is all there is."""

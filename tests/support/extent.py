"""
How far a long proof goes: one telling case of each in `make test`, all of it in `make verify`.

Both run the same functions; what differs is only how many of the cases are tried.
"""

import os
from typing import Final, TypeVar

VARIABLE: Final = "PROOF_EXTENT"
FULL: Final = "full"
IS_FULL: Final = os.environ.get(VARIABLE) == FULL

Extent = TypeVar("Extent")


def extent(*, short: Extent, full: Extent) -> Extent:
    """Return what to try: the short extent, unless the full one was asked for."""
    return full if IS_FULL else short

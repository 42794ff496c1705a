"""What goes wrong on purpose: calls that fail, and deliveries that come twice, late or never."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

HUNDRED = 100


class UnknownFault(Exception):
    """There is no such knob, or its value is out of range."""


@dataclass(frozen=True)
class Knobs:
    """Each a percentage in whole numbers, but for the seconds of a delayed delivery."""

    duplicate: int = 0
    reorder: int = 0
    delay: int = 0
    delay_seconds: int = 30
    drop: int = 0
    too_many_requests: int = 0
    server_error: int = 0
    timeout_before: int = 0
    timeout_after: int = 0


@dataclass
class Faults:
    """The knobs, which may be turned at any time, and a chance that can be repeated."""

    knobs: Knobs = field(default_factory=Knobs)
    seed: int = 0
    _drawn: int = 0

    def turn(self, **values: int) -> Knobs:
        """Set these knobs and leave the others. Raises ``UnknownFault``."""
        known = {knob.name for knob in fields(Knobs)}
        for name, value in values.items():
            highest = 24 * 60 * 60 if name == "delay_seconds" else HUNDRED
            if name not in known or not 0 <= value <= highest:
                raise UnknownFault(f"{name}={value}")
        self.knobs = replace(self.knobs, **values)
        return self.knobs

    def strikes(self, name: str) -> bool:
        """Whether this fault happens now."""
        percentage = int(getattr(self.knobs, name))
        return percentage > 0 and self._draw() < percentage

    def _draw(self) -> int:
        """A number below a hundred; the same seed gives the same ones in the same order."""
        self._drawn += 1
        digest = hashlib.sha256(f"{self.seed}/{self._drawn}".encode()).digest()
        return int.from_bytes(digest[:8]) % HUNDRED

    def as_told(self) -> dict[str, Any]:
        return asdict(self.knobs)

"""
How often a key may call.

Each worker process keeps one token bucket per key and kind of request in its memory: no query
and no network on the way of a request. A bucket holds one minute's allowance and is refilled
evenly, so with several workers the real limit lies between the setting and the setting times
the number of workers. It is a guard against loops that run away, not a security measure.
"""

import threading
from dataclasses import dataclass
from math import ceil
from typing import Final

MOST_BUCKETS: Final = 10_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands right after a request was counted."""

    limit: int
    remaining: int
    resets_in_seconds: int
    is_exceeded: bool
    retry_after_seconds: int

    def headers(self) -> dict[str, str]:
        """The standing as the caller reads it in every answer."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.resets_in_seconds),
        }


class TokenBuckets:
    """The buckets of one process. Safe to use from its threads."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, int], _Bucket] = {}
        self._lock = threading.Lock()

    def take(self, *, pool: str, caller: int, per_minute: int, at: float) -> Standing:
        """Count one request, at a reading of the monotonic clock, and say where that leaves us."""
        per_second = per_minute / 60
        with self._lock:
            bucket = self._buckets.get((pool, caller))
            if bucket is None:
                if len(self._buckets) >= MOST_BUCKETS:
                    self._buckets.clear()
                bucket = self._buckets[pool, caller] = _Bucket(tokens=per_minute, filled_at=at)
            refill = max(at - bucket.filled_at, 0) * per_second
            bucket.tokens = min(per_minute, bucket.tokens + refill)
            bucket.filled_at = at
            is_exceeded = bucket.tokens < 1
            if not is_exceeded:
                bucket.tokens -= 1
            tokens = bucket.tokens
        return Standing(
            limit=per_minute,
            remaining=int(tokens),
            resets_in_seconds=ceil((per_minute - tokens) / per_second),
            is_exceeded=is_exceeded,
            retry_after_seconds=ceil((1 - tokens) / per_second) if is_exceeded else 0,
        )

    def clear(self) -> None:
        """Forget everything that was counted."""
        with self._lock:
            self._buckets.clear()

"""What runs by the clock. Each entry is a sweep: it looks for what is due and is harmless when run twice at once."""

from __future__ import annotations

from typing import Any

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {}

"""What runs by the clock.

Each entry is a sweep: it looks for what is due and is harmless when run twice at once.
"""

from __future__ import annotations

from typing import Any

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "ring for unsent invitations": {
        "task": "accounts.ring_for_unsent_invitations",
        "schedule": 60.0,
    },
    "bring agreements current": {
        "task": "billing.bring_agreements_current",
        "schedule": 60.0,
    },
    "close due periods": {
        "task": "billing.close_due_periods",
        "schedule": 60.0,
    },
    "count seats": {
        "task": "billing.count_seats",
        "schedule": 60.0,
    },
    "release expired holds": {
        "task": "metering.release_expired_holds",
        "schedule": 15.0,
    },
    "expire credits": {
        "task": "metering.expire_credits",
        "schedule": 60.0,
    },
    "fill rollups": {
        "task": "metering.fill_rollups",
        "schedule": 15.0,
    },
    "forget old answers": {
        "task": "accounts.forget_old_answers",
        "schedule": 3600.0,
    },
}

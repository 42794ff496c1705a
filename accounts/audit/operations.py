"""Write down who did what."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from ..models import AuditEntry, Organization
from .actor import Actor

_ACTION: Final = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")


def record(
    *,
    actor: Actor,
    action: str,
    target: str,
    organization: Organization | None = None,
    changes: dict[str, Any] | None = None,
    reason: str = "",
    now: datetime,
) -> None:
    """
    Store an audit entry in the caller's transaction: it is kept if, and only if, the deed is.

    `action` is `noun.past_tense`, `target` a public id, `changes` plain JSON values
    (`differences` makes them). Secrets never belong here.
    """
    assert _ACTION.fullmatch(action), action
    AuditEntry.objects.create(
        organization=organization,
        actor=actor.label,
        user_id=actor.user_id,
        action=action,
        target=target,
        changes=changes or {},
        reason=reason,
        request_id=actor.request_id,
        occurred_at=now,
    )


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What changed, as `{field: [before, after]}`; empty if nothing did."""
    return {
        field: [before[field], value] for field, value in after.items() if before[field] != value
    }

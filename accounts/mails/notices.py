"""Write down that people are to be told of a fact, in the transaction of the fact."""

from datetime import datetime, timedelta
from typing import Any, Final

from psycopg.types.json import Jsonb

from config.kernel.sql import ask

from ..models import Mail, MailNotice
from .kinds import kind_of_event

# What is mailed is news: what happened longer ago was known before, or is part of a history that
# is brought in.
NEWS_FOR: Final = timedelta(hours=24)
# How far another machine's clock may be ahead of the database's.
_CLOCKS_DIFFER: Final = timedelta(minutes=10)

_STORE: Final = """
INSERT INTO accounts_mailnotice (organization_id, kind, fact, data, occurred_at, due_at)
VALUES (%(organization_id)s, %(kind)s, %(fact)s, %(data)s, %(now)s, least(%(now)s, now()))
ON CONFLICT (organization_id, kind, fact) DO NOTHING
RETURNING id
"""
# Time of a test clock is not ours, so what happens by it is told to nobody.
_STORE_NEWS: Final = """
INSERT INTO accounts_mailnotice (organization_id, kind, fact, data, occurred_at, due_at)
SELECT id, %(kind)s, %(fact)s, %(data)s, %(now)s, now()
FROM accounts_organization
WHERE id = %(organization_id)s AND clock_ahead = interval '0'
    AND %(now)s > now() - %(news_for)s AND %(now)s < now() + %(clocks_differ)s
ON CONFLICT (organization_id, kind, fact) DO NOTHING
RETURNING id
"""


def write_notice(
    *, organization_id: int | None, kind: str, fact: str, data: dict[str, Any], now: datetime
) -> int | None:
    """
    Let people be told of a fact, and return the key of the notice; None if they are already.

    It belongs to the caller's transaction: it is there if, and only if, the fact is. `fact` names
    it within its organization and kind; `data` holds plain JSON values and no secret.
    """
    notice = {
        "organization_id": organization_id,
        "kind": kind,
        "fact": fact,
        "data": Jsonb(data),
        "now": now,
    }
    stored = ask(_STORE, notice).first()
    return None if stored is None else int(stored[0])


def write_news(
    *, organization_id: int | None, type: str, fact: str, data: dict[str, Any], now: datetime
) -> int | None:
    """
    The same for an event, if its type is mailed and it is news: it happened within a day, by the
    clock on the wall.
    """
    kind = None if organization_id is None else kind_of_event(type, data, now=now)
    if kind is None:
        return None
    notice = {
        "organization_id": organization_id,
        "kind": kind,
        "fact": fact,
        "data": Jsonb(data),
        "now": now,
        "news_for": NEWS_FOR,
        "clocks_differ": _CLOCKS_DIFFER,
    }
    stored = ask(_STORE_NEWS, notice).first()
    return None if stored is None else int(stored[0])


def list_due_notices(*, now: datetime, limit: int) -> list[int]:
    """Return the keys of the notices for which nobody has found out yet whom to tell."""
    due = MailNotice.objects.filter(due_at__lte=now).order_by("due_at", "pk")
    return list(due.values_list("pk", flat=True)[:limit])


def list_due_mails(*, now: datetime, limit: int) -> list[int]:
    """Return the keys of the mails that wait to be sent, the longest due first."""
    due = Mail.objects.filter(due_at__lte=now).order_by("due_at", "pk")
    return list(due.values_list("pk", flat=True)[:limit])

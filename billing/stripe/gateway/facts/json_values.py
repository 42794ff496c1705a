"""Values out of what Stripe says, where a thing may be left out, empty, or told whole or by id."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

Json = Mapping[str, Any]


def instant(value: int | None) -> datetime | None:
    """Seconds since 1970 as an instant; Stripe knows no smaller step."""
    return None if value is None else datetime.fromtimestamp(value, tz=UTC)


def sure_instant(value: int) -> datetime:
    """The same where there always is one."""
    return datetime.fromtimestamp(value, tz=UTC)


def id_of(value: str | Json | None) -> str:
    """The id of an object that was told by its id or whole; empty where there is none."""
    if not value:
        return ""
    return value if isinstance(value, str) else str(value["id"])


def whole(value: str | Json | None) -> Json:
    """The object if it was told whole, else nothing of it."""
    return value if isinstance(value, Mapping) else {}


def part(value: Json, *names: str) -> Json:
    """The inner object on this path; nothing where a step of it is missing."""
    for name in names:
        value = whole(value.get(name))
    return value


def rows(value: Json, name: str) -> list[Json]:
    """The objects of a list, be it bare or with Stripe's paging around it."""
    found = value.get(name) or []
    return list(found["data"] if isinstance(found, Mapping) else found)


def decimal(value: str | int | Decimal | None) -> Decimal | None:
    """An exact number that Stripe writes as text."""
    return None if value is None else Decimal(value)


def total(amounts: Iterable[Json]) -> int:
    """The sum of what each says under `amount`."""
    return sum(each["amount"] for each in amounts)


def text(value: str | None) -> str:
    """A text; empty where there is none."""
    return value or ""


def labels(value: Json) -> dict[str, str]:
    """The metadata."""
    return dict(value.get("metadata") or {})

"""Which days a question about costs and margins is about."""

import re
from datetime import date, datetime, timedelta
from typing import Final

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter

from billing.analytics.windows import Days, Windows, of_days, of_last_months

from ..admission import OnlyPlatformKeys
from ..parameters import find_parameter, invalid_parameter
from ..resource import Resource

SPAN: Final = frozenset({"from", "to"})
LONGEST_SPAN: Final = timedelta(days=366)
_DATE: Final = re.compile(r"20[2-9][0-9]-[01][0-9]-[0-3][0-9]")


def date_parameter(name: str, description: str) -> OpenApiParameter:
    """A query parameter that is a day."""
    return OpenApiParameter(name, {"type": "string", "format": "date"}, description=description)


SPAN_PARAMETERS: Final = (
    date_parameter("from", "The first day, in each organization's own time zone."),
    date_parameter("to", "The day after the last. Without both: the last complete months."),
)


def refuse_organizations(resource: Resource) -> None:
    """What customers cost is the company's own business. Raises `OnlyPlatformKeys`."""
    if not resource.caller.is_platform:
        raise OnlyPlatformKeys("Costs and margins are read with a platform key.")


def read_days(request: HttpRequest) -> Days | None:
    """
    Return the days that a request names; None if it names none. Raises `InvalidRequest`, also for
    a span of more than 366 days and for one that is not whole.
    """
    first, end = _read_date(request, "from"), _read_date(request, "to")
    if first is None and end is None:
        return None
    if first is None or end is None:
        missing = "from" if first is None else "to"
        raise invalid_parameter(missing, "missing", "Give both days, `from` and `to`, or neither.")
    if not timedelta(0) < end - first <= LONGEST_SPAN:
        raise invalid_parameter("to", "invalid_span", "A span has 1 to 366 days.")
    return Days(first, end)


def windows_of(days: Days | None, *, now: datetime) -> Windows:
    """Return the days that are meant, or each customer's last complete month."""
    return of_last_months(now=now) if days is None else of_days(days, now=now)


def _read_date(request: HttpRequest, name: str) -> date | None:
    value = find_parameter(request, name)
    if value is None:
        return None
    try:
        if _DATE.fullmatch(value) is None:
            raise ValueError
        return date.fromisoformat(value)
    except ValueError as error:
        detail = f"`{name}` is a day such as 2026-09-01, from 2020 on."
        raise invalid_parameter(name, "invalid_date", detail) from error

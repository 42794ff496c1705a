"""The currencies and time zones that an organization may choose from."""

import zoneinfo
from functools import cache

from babel.core import get_global
from django.utils.translation import gettext as _

from config.kernel.errors import Invalid


@cache
def currencies() -> frozenset[str]:
    """The codes of all currencies that are legal tender somewhere today."""
    return frozenset(
        code
        for in_one_territory in get_global("territory_currencies").values()
        for code, _since, until, is_tender in in_one_territory
        if is_tender and until is None
    )


@cache
def time_zones() -> frozenset[str]:
    """The names of all time zones of the tz database."""
    return frozenset(zoneinfo.available_timezones())


def check_currency(code: str) -> None:
    """Raise `Invalid` unless money of this code is in use."""
    if code not in currencies():
        raise Invalid(_("The currency must be the ISO 4217 code of one in use, such as USD."))


def check_time_zone(name: str) -> None:
    """Raise `Invalid` unless the tz database knows the name."""
    if name not in time_zones():
        raise Invalid(_("The time zone must be a name of the tz database, such as Europe/Berlin."))

"""What metering announces to apps: the types of its webhook events."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_noop as _


class EventType(StrEnum):
    """A kind of event. Apps hold on to these words, so they never change."""

    CREDITS_GRANTED = "credits.granted"
    CREDITS_EXPIRING = "credits.expiring"
    CREDITS_EXPIRED = "credits.expired"


WHEN: Final[Mapping[str, str]] = {
    EventType.CREDITS_GRANTED: _(
        "Credits were given: a period's allowance, what rolled over, a purchase, a promotion, a "
        "guarantee or an adjustment."
    ),
    EventType.CREDITS_EXPIRING: _(
        "Credits other than an allowance expire within seven days, and some are left. Once for "
        "each grant."
    ),
    EventType.CREDITS_EXPIRED: _("What was left of credits at their end can no longer be spent."),
}

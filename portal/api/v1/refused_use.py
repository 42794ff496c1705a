"""What an app is told when it asked first, and the answer is no."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from metering.usage.reports import Rejection

from ..fields import decimal_text, optional_decimal_text
from ..problems import Refusal

# Where another plan would help.
_UPGRADE_HELPS: Final = {Rejection.INSUFFICIENT_CREDITS, Rejection.LIMIT_REACHED}


class UseRefused(Refusal):
    """Enforced use that the plan does not allow. Nothing was booked."""

    status = 402


class InsufficientCredits(UseRefused):
    """The credits do not suffice, and the plan sells no more."""

    code = Rejection.INSUFFICIENT_CREDITS.value
    title = "Not enough credits"


class LimitReached(UseRefused):
    """The plan's limit for the period leaves no room."""

    code = Rejection.LIMIT_REACHED.value
    title = "The plan's limit is reached"


class SpendCapReached(UseRefused):
    """The organization's own cap on what a period may cost leaves no room."""

    code = Rejection.SPEND_CAP_REACHED.value
    title = "The spend cap is reached"


class PaymentOverdue(UseRefused):
    """A payment is overdue, and the feature is withheld until it is made."""

    code = Rejection.PAYMENT_OVERDUE.value
    title = "A payment is overdue"


_REFUSALS: Final[dict[str, type[UseRefused]]] = {
    refusal.code: refusal
    for refusal in (InsufficientCredits, LimitReached, SpendCapReached, PaymentOverdue)
}


def is_refused_use(reason: str) -> bool:
    """Whether a rejection answers an app that asked first."""
    return reason in _REFUSALS


def use_refused(reason: str, detail: str, /, **facts: Any) -> UseRefused:
    """Return the refusal for such a reason, with the facts that `shortage_of` writes."""
    return _REFUSALS[reason](detail, **facts)


def shortage_of(
    reason: str, *, required: Decimal, available: Decimal | None, resets_at: datetime | None
) -> dict[str, Any]:
    """
    Write what is missing, and where it may be had.

    `available` is None where nothing bounds what can be spent.
    """
    return {
        "required": decimal_text(required),
        "available": optional_decimal_text(available),
        "resets_at": resets_at,
        "upgrade_url": upgrade_url() if reason in _UPGRADE_HELPS else None,
    }


def upgrade_url() -> str:
    """The page on which plans are compared."""
    return f"{settings.PUBLIC_URL}{reverse('portal:pricing')}"

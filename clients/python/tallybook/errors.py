"""What can go wrong, as exceptions. `code` is stable, `detail` is for people."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import httpx


class TallybookError(Exception):
    """Everything that this package raises about calls."""


class UnexpectedAnswer(TallybookError):
    """What answered is not Tallybook's API: look at the address."""


class TemporaryFailure(TallybookError):
    """Nothing is known about the outcome, or nothing was done: send it again, with the same ids."""

    retry_after: float | None = None


class Unreachable(TemporaryFailure):
    """No connection, or no answer in time."""


class Refused(TallybookError):
    """Tallybook understood and said no. `document` is the whole problem document (RFC 9457)."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        self.status = status
        self.document = document
        self.code = str(document.get("code") or document.get("error") or "unknown")
        self.detail = str(document.get("detail") or document.get("error_description") or "")
        self.request_id = str(document.get("request_id", ""))
        super().__init__(f"{status} {self.code}: {self.detail}")

    @property
    def errors(self) -> list[dict[str, str]]:
        """Which values are wrong: `pointer`, `code` and `detail` of each."""
        return list(self.document.get("errors", ()))


class InvalidRequest(Refused):
    """The request cannot be read as what it should be; `errors` says where."""


class NotAuthenticated(Refused):
    """The key, or the client's id and secret, is wrong, expired or revoked."""


class NotPermitted(Refused):
    """The key lacks a scope."""


class NotFound(Refused):
    """No such thing, or it is not the caller's."""


class Conflict(Refused):
    """It contradicts what is there already."""


class HoldEnded(Conflict):
    """The hold was settled, released, or its time is over."""


class NotBookable(Refused):
    """The event, or the hold, cannot be booked; `reason` says why."""

    @property
    def reason(self) -> str:
        return str(self.document.get("reason", ""))


class UseRefused(Refused):
    """The plan does not allow it now. Nothing was booked, and nothing is owed."""

    @property
    def required(self) -> Decimal | None:
        """What it would take."""
        return _decimal(self.document.get("required"))

    @property
    def available(self) -> Decimal | None:
        """What could be spent on it now; None is unlimited."""
        return _decimal(self.document.get("available"))

    @property
    def resets_at(self) -> datetime | None:
        """When the next period begins."""
        text = self.document.get("resets_at")
        return None if text is None else datetime.fromisoformat(text)

    @property
    def upgrade_url(self) -> str | None:
        """Where plans are compared; None if no other plan would help."""
        return self.document.get("upgrade_url")


class InsufficientCredits(UseRefused):
    """The credits do not suffice, and the plan sells no more."""


class LimitReached(UseRefused):
    """The plan's limit for the period leaves no room."""


class SpendCapReached(UseRefused):
    """The organization's own cap leaves no room."""


class PaymentOverdue(UseRefused):
    """A payment is overdue, and the feature is withheld until it is made."""


class TooManyRequests(Refused, TemporaryFailure):
    """The rate limit of the key. `retry_after` is in seconds."""


class ServerError(Refused, TemporaryFailure):
    """Tallybook, or a proxy before it, failed."""


_BY_STATUS: Final[Mapping[int, type[Refused]]] = {
    400: InvalidRequest,
    401: NotAuthenticated,
    403: NotPermitted,
    404: NotFound,
    409: Conflict,
    413: InvalidRequest,
    415: InvalidRequest,
    422: NotBookable,
    429: TooManyRequests,
}
_BY_CODE: Final[Mapping[tuple[int, str], type[Refused]]] = {
    (402, "insufficient_credits"): InsufficientCredits,
    (402, "limit_reached"): LimitReached,
    (402, "spend_cap_reached"): SpendCapReached,
    (402, "payment_overdue"): PaymentOverdue,
    (409, "hold_ended"): HoldEnded,
}


def refusal_of(response: httpx.Response) -> Refused:
    """The exception for an answer that is not a success."""
    document = _document_of(response)
    status = response.status_code
    other = ServerError if status >= 500 else Refused
    kind = _BY_CODE.get((status, str(document.get("code")))) or _BY_STATUS.get(status, other)
    refusal = kind(status, document)
    if isinstance(refusal, TemporaryFailure):
        refusal.retry_after = _seconds(response.headers.get("Retry-After"))
    return refusal


def _document_of(response: httpx.Response) -> Mapping[str, Any]:
    try:
        document = response.json()
    except ValueError:
        document = None
    return document if isinstance(document, dict) else {"detail": response.text[:200]}


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isdecimal() else None

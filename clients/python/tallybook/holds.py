"""Ask, act, settle: credits set aside while something happens."""

import logging
from types import TracebackType
from typing import Any, Self, TypedDict
from uuid import uuid4

from ._core import models
from ._core.api.holds import create_hold, release_hold, settle_hold
from ._core.api.usage import report_usage
from .connection import Connection
from .errors import HoldEnded, TallybookError
from .wire import Quantity, wire_of

logger = logging.getLogger("tallybook")


class HoldOrder(TypedDict, total=False):
    """
    What to set aside for: an `action` with a `quantity` (1 unless given), or a `feature` with a
    `value`. `id` is yours, and becomes the id of the usage event; `member` is your id for the
    person. After `expires_in_seconds` (900 unless given) the credits return by themselves: give
    it more time than the work can take.
    """

    id: str
    action: str
    quantity: Quantity
    feature: str
    value: Quantity
    member: str
    organization: str
    expires_in_seconds: int


class Hold:
    """
    Credits are set aside when the block begins, or `UseRefused` is raised and the block is not
    entered. When it ends, they are settled for what was asked for, unless `settle` said what was
    really used; if it fails, everything is released and nothing is owed.

        with client.hold(action="SUMMARIZE", quantity=estimate) as hold:
            summary = summarize(text)
            receipt = hold.settle(summary.pages)
    """

    def __init__(self, connection: Connection, organization: str | None, order: HoldOrder) -> None:
        self._connection = connection
        self._order = {"id": uuid4().hex, **wire_of({"organization": organization, **order})}
        self._taken: models.Hold | None = None
        self.receipt: models.EventResult | None = None
        self.is_over = False

    @property
    def taken(self) -> models.Hold:
        """What Tallybook set aside: `credits_`, `uncovered`, `remaining`, `expires_at`, ..."""
        if self._taken is None:
            raise RuntimeError("Nothing is set aside before the block begins.")
        return self._taken

    def __enter__(self) -> Self:
        """Raises `UseRefused`, `NotBookable`, `HoldEnded` and other `TallybookError`s."""
        body = models.HoldOrder.from_dict(self._order)
        self._taken = self._connection.call(create_hold.sync, models.Hold, body=body)
        if self._taken.status in {models.HoldStatus.RELEASED, models.HoldStatus.EXPIRED}:
            detail = "This id belongs to a hold that is over; another attempt needs another id."
            raise HoldEnded(409, {"code": "hold_ended", "detail": detail})
        return self

    def settle(
        self,
        quantity: Quantity | None = None,
        *,
        value: Quantity | None = None,
        cost: Quantity | None = None,
    ) -> models.EventResult:
        """
        Book what was used, above zero: `quantity` of the action or `value` of the feature, and
        what was asked for unless given. The rest returns. Can be called again after it failed.

        If the hold's time was over meanwhile, it is booked all the same, as plain usage.
        Raises `TallybookError`.
        """
        used = self._used(quantity, value) | wire_of({"cost": cost})
        try:
            self.receipt = self._settle(used)
        except HoldEnded:
            self.receipt = self._report(used)
        self.is_over = True
        return self.receipt

    def release(self) -> None:
        """Return everything: nothing was used. Raises `TallybookError`."""
        body = models.Release.from_dict(self._whose)
        self._connection.call(release_hold.sync, models.Hold, hold_id=self.taken.id, body=body)
        self.is_over = True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.is_over:
            return
        if error is None:
            self.settle()
        else:
            self._give_back()

    def _give_back(self) -> None:
        """Why the work failed is what the caller must hear; the hold expires in any case."""
        try:
            self.release()
        except TallybookError as failure:
            logger.warning("Hold %s was not released and will expire: %s", self.taken.id, failure)

    def _settle(self, used: dict[str, Any]) -> models.EventResult:
        body = models.Settlement.from_dict(used | self._whose)
        settled = self._connection.call(
            settle_hold.sync, models.SettledHold, hold_id=self.taken.id, body=body
        )
        return settled.usage

    def _report(self, used: dict[str, Any]) -> models.EventResult:
        event = self._ordered("id", "action", "feature", "member", "organization") | used
        body = models.ReportedEvent.from_dict(event)
        return self._connection.call(report_usage.sync, models.EventResult, body=body)

    def _used(self, quantity: Quantity | None, value: Quantity | None) -> dict[str, Any]:
        given = wire_of({"quantity": quantity, "value": value})
        if given:
            return given
        return self._ordered("quantity", "value") or {"quantity": 1}

    @property
    def _whose(self) -> dict[str, Any]:
        return self._ordered("organization")

    def _ordered(self, *names: str) -> dict[str, Any]:
        return {name: self._order[name] for name in names if name in self._order}

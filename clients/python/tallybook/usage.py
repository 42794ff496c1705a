"""Reporting what was used."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypedDict, Unpack
from uuid import uuid4

from ._core.api.usage import report_usage
from ._core.models import BatchResult, EventResult, ReportedEvent, UsageBatch
from .connection import Connection
from .wire import Quantity, wire_of


class Event(TypedDict, total=False):
    """
    A usage event: an `action` with a `quantity` (1 unless given), or a `feature` with a `value`.

    `id` is its identity for ever: sent again it is a duplicate and counts nothing. Give one that
    follows from the work itself, such as a job's id, and a job that runs twice is paid once;
    else a new one is made for each report. `occurred_at` is now unless given, `member` is your
    id for the person, `cost` what it cost you, and `enforce` refuses what the plan does not allow.
    """

    id: str
    action: str
    quantity: Quantity
    feature: str
    value: Quantity
    member: str
    occurred_at: datetime
    cost: Quantity
    properties: Mapping[str, str]
    organization: str
    mode: Literal["delta", "absolute"]
    enforce: bool


class Usage:
    """`client.usage`"""

    def __init__(self, connection: Connection, organization: str | None) -> None:
        self._connection = connection
        self._organization = organization

    def report(self, **event: Unpack[Event]) -> EventResult:
        """
        Report one event now, and return what became of it.

        Raises `UseRefused` (of enforced use), `NotBookable`, `Conflict`, other `TallybookError`s.
        """
        body = ReportedEvent.from_dict(self.prepare(event))
        return self._connection.call(report_usage.sync, EventResult, body=body)

    def report_batch(self, events: Sequence[Mapping[str, Any]]) -> list[EventResult]:
        """
        Report up to 1,000 events at once: a result for each, in their order.

        A wrong event never keeps the others back: look at `outcome`. Events need ids of your own,
        or those that `prepare` gave them, so that the batch can be sent again.
        Raises `TallybookError` if the batch as a whole is refused.
        """
        body = UsageBatch(events=[ReportedEvent.from_dict(self.prepare(event)) for event in events])
        return self._connection.call(report_usage.sync, BatchResult, body=body).results

    def prepare(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """
        The event as it is sent: with an id, with the client's organization.

        Raises `TypeError` for a float and `ValueError` for an instant without a time zone.
        """
        return {"id": uuid4().hex, **wire_of({"organization": self._organization, **event})}

"""`POST /api/v1/usage`: the route that apps call all day."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from django.http import HttpRequest, HttpResponse

from accounts.api_keys.queries import CallerKey
from accounts.choices import Scope
from accounts.organizations.clock import time_of
from billing.usage.operations import report_usage
from metering.rate_card.queries import list_unit_names
from metering.usage.reports import LARGEST_BATCH, Outcome, Receipt, UsageReport

from ..documents import invalid, parse_document, read_body, shape
from ..endpoint import json_response, post_endpoint
from ..memory import Remembered
from ..organizations import (
    OrganizationNotFound,
    OrganizationRequired,
    Tenants,
    find_tenant,
)
from ..problems import InvalidRequest
from ..schema import WITH_BODY, described
from .reported_event import as_allowed, read_event
from .usage_description import USAGE_ANSWER, USAGE_BODY
from .usage_results import EventResult, present_batch, present_receipt, refusal_of

unit_names: Final = Remembered(list_unit_names)


class _Batch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    # The events are read one by one, so that a wrong one is only its own.
    events: list[Any]
    organization: str | None = None


class ReadableEvent(NamedTuple):
    """An event that can be read, its place in the batch and the organization that it names."""

    place: int
    reference: str | None
    report: UsageReport


@post_endpoint(scope=Scope.USAGE_WRITE)
@described(
    operation_id="report_usage",
    tag="usage",
    summary="Report usage, one event or a batch",
    body=USAGE_BODY,
    answers={200: USAGE_ANSWER},
    refusals=WITH_BODY.and_also(402, 404, 422),
)
def post_usage(request: HttpRequest, caller: CallerKey, now: datetime) -> HttpResponse:
    """
    One event answers 200 when it is `accepted`, `late` or a `duplicate`, 409 when its id
    belongs to another event, 422 when it cannot be booked, and with `enforce` 402 when the plan
    does not allow it. A batch answers 200 with a result for each event; a wrong one never keeps
    the others back. An event's id is its identity for ever, so sending it again is always safe
    and an `Idempotency-Key` is not needed.
    """
    document = parse_document(read_body(request))
    if isinstance(document, dict) and "events" in document:
        return _book_batch(shape(document, _Batch), caller=caller, now=now)
    return _book_event(document, caller=caller, now=now)


def _book_event(document: Any, *, caller: CallerKey, now: datetime) -> HttpResponse:
    reference, report = read_event(document)
    return json_response(book_alone(reference, report, caller=caller, now=now))


def book_alone(
    reference: str | None, report: UsageReport, *, caller: CallerKey, now: datetime
) -> EventResult:
    """
    Book one event for the organization that it names, or for the caller's own.

    Raises `OrganizationRequired`, `OrganizationNotFound`, `EventConflict`, `EventRejected` and
    `UseRefused`.
    """
    organization_id = find_tenant(caller=caller, reference=reference)
    [result] = _book(organization_id, [report], caller=caller, now=now)
    if (refusal := refusal_of(result)) is not None:
        raise refusal
    return result


def _book_batch(batch: _Batch, *, caller: CallerKey, now: datetime) -> HttpResponse:
    if not 1 <= len(batch.events) <= LARGEST_BATCH:
        detail = f"A batch has 1 to {LARGEST_BATCH:,} events."
        raise invalid("/events", "invalid_batch_size", detail)
    results: dict[int, EventResult] = {}
    readable = _read_batch(batch, results=results)
    tenants = Tenants(caller, {batch.organization, *(event.reference for event in readable)})
    if batch.organization is not None:
        tenants.find(batch.organization)
    results |= book_by_organization(readable, tenants, caller=caller, now=now)
    return json_response(present_batch([results[index] for index in range(len(batch.events))]))


def book_by_organization(
    readable: list[ReadableEvent], tenants: Tenants, *, caller: CallerKey, now: datetime
) -> dict[int, EventResult]:
    """Book events, each organization's in one transaction; return the results by place."""
    results: dict[int, EventResult] = {}
    for organization_id, events in _by_organization(readable, tenants, results=results).items():
        reports = [event.report for event in events]
        booked = _book(organization_id, reports, caller=caller, now=now)
        for event, result in zip(events, booked, strict=True):
            results[event.place] = result
    return results


def _read_batch(batch: _Batch, *, results: dict[int, EventResult]) -> list[ReadableEvent]:
    """Return the events that can be read; note the result of each that cannot."""
    readable = []
    for index, item in enumerate(batch.events):
        try:
            reference, report = read_event(item, at=f"/events/{index}")
        except InvalidRequest as unreadable:
            results[index] = _unreadable(item, unreadable)
        else:
            own = batch.organization if reference is None else reference
            readable.append(ReadableEvent(index, own, report))
    return readable


def _by_organization(
    readable: list[ReadableEvent], tenants: Tenants, *, results: dict[int, EventResult]
) -> dict[int, list[ReadableEvent]]:
    """Return the events by organization; note the result of each that names none of ours."""
    events: dict[int, list[ReadableEvent]] = {}
    for event in readable:
        try:
            organization_id = tenants.find(event.reference)
        except (OrganizationRequired, OrganizationNotFound) as refusal:
            results[event.place] = EventResult(
                id=event.report.event_id, outcome=Outcome.REJECTED, reason=refusal.code
            )
        else:
            events.setdefault(organization_id, []).append(event)
    return events


def _book(
    organization_id: int, reports: list[UsageReport], *, caller: CallerKey, now: datetime
) -> list[EventResult]:
    return present_receipts(
        report_usage(
            organization_id=organization_id,
            reports=as_allowed(reports, caller=caller),
            api_key_id=caller.id,
            received_at=time_of(organization_id=organization_id, now=now),
        )
    )


def present_receipts(receipts: Sequence[Receipt]) -> list[EventResult]:
    """Write receipts as results, in the words of their units."""
    units = unit_names.get(names={receipt.meter for receipt in receipts if receipt.meter})
    return [present_receipt(receipt, units=units) for receipt in receipts]


def _unreadable(item: Any, refusal: InvalidRequest) -> EventResult:
    event_id = item.get("id") if isinstance(item, dict) else None
    return EventResult(
        id=event_id if isinstance(event_id, str) else None,
        outcome=Outcome.REJECTED,
        reason=refusal.code,
        errors=refusal.errors,
    )

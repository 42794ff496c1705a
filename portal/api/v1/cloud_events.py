"""`POST /api/v1/events`: usage as CloudEvents 1.0 (decision record 35)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse
from msgspec import Meta

from accounts.api_keys.queries import CallerKey
from accounts.choices import Scope
from metering.usage.reports import LARGEST_BATCH, Outcome

from ..documents import invalid, parse_document, read_bytes
from ..endpoint import json_response, post_endpoint
from ..organizations import OrganizationNotFound, OrganizationRequired, Tenants
from ..problems import InvalidRequest
from ..schema import WITH_BODY, body_of, described
from .cloud_event import CloudEvent, named_actions, read_cloud_event
from .cloud_event_modes import BATCHED, STRUCTURED, read_event_alone
from .usage import ReadableEvent, book_alone, book_by_organization
from .usage_results import EventResult, explain

BOOKED: Final = (Outcome.ACCEPTED, Outcome.LATE)

_NOBODY: Final = {
    refusal.code: refusal().detail for refusal in (OrganizationRequired, OrganizationNotFound)
}
_EVENT: Final[dict[str, Any]] = {
    "specversion": "1.0",
    "id": "8f14e45f",
    "source": "/reports",
    "type": "com.example.GENERATE_REPORT",
    "subject": "org_06f4hxw2k3n5p7r9t1v3x5z7a9",
    "time": "2026-11-22T18:24:28Z",
    "data": {"quantity": "1", "member": "u_17"},
}
# The framework describes no lists of msgspec types; the structured mode has described the item.
_BATCH: Final = {
    "type": "array",
    "maxItems": LARGEST_BATCH,
    "items": {"$ref": f"#/components/schemas/{CloudEvent.__name__}"},
}


class EventError(msgspec.Struct, frozen=True, kw_only=True):
    """An event that was not booked, and why."""

    index: Annotated[int, Meta(description="Its place in the batch, from 0.")]
    id: Annotated[str | None, Meta(description="Its `id`, if it has one.")]
    code: str
    detail: str


class EventsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the events."""

    accepted: Annotated[int, Meta(description="Booked by this request.")]
    duplicates: Annotated[int, Meta(description="Booked before; they are not counted again.")]
    errors: list[EventError]


@post_endpoint(scope=Scope.USAGE_WRITE)
@described(
    operation_id="report_events",
    tag="usage",
    summary="Report usage as CloudEvents",
    body={
        STRUCTURED: body_of(CloudEvent, examples={"one event": _EVENT}),
        BATCHED: body_of(_BATCH, examples={"a batch": [_EVENT]}),
    },
    answers={202: EventsAnswer},
    refusals=WITH_BODY.and_also(404, 422),
)
def post_events(request: HttpRequest, caller: CallerKey, now: datetime) -> HttpResponse:
    """
    One event, structured or binary (its attributes in `ce-` headers and its data as JSON), or a
    batch of up to 1,000. `subject` names the organization; the end of `type` is an action, or
    with a `value` in `data` a metered feature. `source` and `id` together are the event's
    identity for ever, so sending it again is always safe.

    A batch answers 202, with an error for each event that was not booked; the others are. One
    event that cannot be booked is refused as by `POST usage`.
    """
    alone = read_event_alone(request)
    if alone is not None:
        return _accepted([_book_alone(alone, caller=caller, now=now)], [alone])
    items = _items_of(parse_document(read_bytes(request)))
    return _accepted(_book_batch(items, caller=caller, now=now), items)


def _items_of(document: Any) -> list[Any]:
    if not isinstance(document, list):
        raise invalid("", "wrong_type", "A batch is a JSON array of events.")
    if len(document) > LARGEST_BATCH:
        detail = f"A batch has at most {LARGEST_BATCH:,} events."
        raise invalid("", "invalid_batch_size", detail)
    return document


def _book_alone(item: Any, *, caller: CallerKey, now: datetime) -> EventResult:
    reference, report = read_cloud_event(item, actions=named_actions([item]))
    return book_alone(reference, report, caller=caller, now=now)


def _book_batch(
    items: Sequence[Any], *, caller: CallerKey, now: datetime
) -> list[EventResult | InvalidRequest]:
    actions = named_actions(items)
    results: dict[int, EventResult | InvalidRequest] = {}
    readable = []
    for index, item in enumerate(items):
        try:
            event = read_cloud_event(item, actions=actions, at=f"/{index}")
        except InvalidRequest as unreadable:
            results[index] = unreadable
        else:
            readable.append(ReadableEvent(index, *event))
    tenants = Tenants(caller, {event.reference for event in readable})
    results |= book_by_organization(readable, tenants, caller=caller, now=now)
    return [results[index] for index in range(len(items))]


def _accepted(
    results: Sequence[EventResult | InvalidRequest], items: Sequence[Any]
) -> HttpResponse:
    outcomes = [result.outcome for result in results if isinstance(result, EventResult)]
    errors = [
        _error(result, index=index, item=items[index]) for index, result in enumerate(results)
    ]
    return json_response(
        EventsAnswer(
            accepted=sum(outcome in BOOKED for outcome in outcomes),
            duplicates=outcomes.count(Outcome.DUPLICATE),
            errors=[error for error in errors if error is not None],
        ),
        status=202,
    )


def _error(result: EventResult | InvalidRequest, *, index: int, item: Any) -> EventError | None:
    why = _why_not(result)
    if why is None:
        return None
    written = item.get("id") if isinstance(item, Mapping) else None
    code, detail = why
    return EventError(
        index=index, id=written if isinstance(written, str) else None, code=code, detail=detail
    )


def _why_not(result: EventResult | InvalidRequest) -> tuple[str, str] | None:
    """The code and the sentence for an event that was not booked; None if it was."""
    if isinstance(result, InvalidRequest):
        where = result.errors[0] if result.errors else result
        return where.code, where.detail
    if result.outcome is Outcome.CONFLICT:
        return "event_conflict", "An event of this source and id had other content."
    if result.outcome is Outcome.REJECTED:
        reason = str(result.reason)
        return reason, _NOBODY.get(reason) or explain(reason)
    return None

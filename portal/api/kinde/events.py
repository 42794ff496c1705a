"""What happened, and what kinds of things do: Kinde's names for them, and ours."""

import re
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import WebhookEvent
from accounts.organizations.queries import get_organization_of_key
from accounts.webhooks import kinde
from accounts.webhooks.messages import data_of_event
from accounts.webhooks.queries import EventNotFound, get_event, get_event_of_anybody
from accounts.webhooks.types import declared

from ..schema import described
from .errors import READING
from .resource import KindeResource

# Under one of Kinde's names an event has an id of its own.
_ID: Final = re.compile(r"(evt_[0-9a-z]{26})(_[a-z_]{1,40})?")
_SOURCE: Final = "api"


class KindeEventType(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of events."""

    id: str
    code: str
    name: str
    origin: str
    schema: dict[str, Any]


class KindeEventTypes(msgspec.Struct, frozen=True, kw_only=True):
    """The kinds of events: those that Kinde has a name for, then ours."""

    code: str = "OK"
    message: str = "Success"
    event_types: list[KindeEventType]


class KindeEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened. `occurred_at` is not Kinde's."""

    type: str
    source: str
    event_id: str
    timestamp: Annotated[int, Meta(description="Milliseconds since 1970.")]
    data: dict[str, Any]
    occurred_at: datetime


class KindeEventAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One event."""

    code: str = "OK"
    message: str = "Success"
    event: KindeEvent


class EventTypes(KindeResource):
    """The kinds of events that an endpoint can be told of."""

    needs = {"GET": "read:event_types"}

    @described(
        operation_id="kinde_list_event_types",
        tag="kinde",
        summary="List the types of events as Kinde does",
        answers={200: KindeEventTypes},
        refusals=READING,
    )
    def get(self, request: Request) -> Response:
        """By Kinde's names an event is sent as Kinde sends it, by ours as signed JSON."""
        kindes = [_type(name, _words_of(name), origin="kinde") for name in kinde.NAMES]
        ours = [_type(name, words, origin="tallybook") for name, words in declared().items()]
        return Response(KindeEventTypes(event_types=kindes + ours))


class EventOfId(KindeResource):
    """One event."""

    needs = {"GET": "read:events"}

    @described(
        operation_id="kinde_get_event",
        tag="kinde",
        summary="Get an event as at Kinde",
        answers={200: KindeEventAnswer},
        refusals=READING,
    )
    def get(self, request: Request, webhook_event_id: str) -> Response:
        """What happened, by the id that a webhook told."""
        written = _ID.fullmatch(webhook_event_id)
        if written is None:
            raise _not_found()
        event = self._event(written[1])
        name = _name_of(event, suffix=written[2])
        data = data_of_event(event)
        if name != event.type:
            told = kinde.describe(
                name=name, message_id=webhook_event_id, data=data, occurred_at=event.occurred_at
            )
            data = told["data"]
        return Response(
            KindeEventAnswer(
                event=KindeEvent(
                    type=name,
                    source=_SOURCE,
                    event_id=webhook_event_id,
                    timestamp=int(event.occurred_at.timestamp() * 1_000),
                    data=data,
                    occurred_at=event.occurred_at,
                )
            )
        )

    def _event(self, public_id: str) -> WebhookEvent:
        if self.caller.is_platform:
            return get_event_of_anybody(public_id=public_id)
        own = get_organization_of_key(caller=self.caller)
        return get_event(organization=own, public_id=public_id)


def _name_of(event: WebhookEvent, *, suffix: str | None) -> str:
    """By which name the id calls the event. Raises `EventNotFound` if it goes by no such name."""
    if suffix is None:
        return event.type
    for name in kinde.list_names(type=event.type, data=event.data):
        if name.endswith("." + suffix.removeprefix("_")):
            return name
    raise _not_found()


def _not_found() -> EventNotFound:
    return EventNotFound("There is no such event.")


def _type(code: str, name: str, *, origin: str) -> KindeEventType:
    return KindeEventType(
        id=f"event_type_{code.replace('.', '_')}", code=code, name=name, origin=origin, schema={}
    )


def _words_of(name: str) -> str:
    return name.replace(".", " ").replace("_", " ").capitalize()

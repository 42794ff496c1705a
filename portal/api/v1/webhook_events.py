"""What happened: the events that endpoints are told of, to be read as well."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from accounts.models import Organization
from accounts.models import WebhookEvent as StoredEvent
from accounts.webhooks.queries import (
    EventNotFound,
    get_event,
    get_event_of_anybody,
    list_events,
)
from accounts.webhooks.types import declared, is_on_request

from ..pages import PAGE_PARAMETERS, page_of
from ..parameters import find_parameter, invalid_parameter, read_page_size
from ..resource import Resource
from ..schema import KEYED, PAGING, described
from .webhook_owners import OWNER, WebhookResource
from .webhook_results import (
    WebhookEvent,
    WebhookEventPage,
    WebhookEventType,
    WebhookEventTypePage,
    present_event,
)


class WebhookEvents(WebhookResource):
    """The events of an organization, or of the installation."""

    scopes = {"GET": Scope.WEBHOOKS_READ}
    http_method_names = Resource.http_method_names
    parameters = frozenset({"organization", "type"}) | PAGE_PARAMETERS

    @described(
        operation_id="list_webhook_events",
        tag="webhooks",
        summary="List events",
        answers={200: WebhookEventPage},
        parameters=(
            OWNER,
            OpenApiParameter("type", str, description="See `GET webhook-event-types`."),
            *PAGING,
        ),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """
        Events, newest first, whether anybody was told of them or not.

        Those of an organization; a platform key that names none gets the installation's own, such
        as new plans.
        """
        page_size = read_page_size(self.plain_request)
        owner = self.owner()
        found = list_events(
            organization=owner,
            type=self._type(),
            before=self._last_seen(owner),
            limit=page_size + 1,
        )
        shown = [present_event(event) for event in found[:page_size]]
        return Response(WebhookEventPage(shown, len(found) > page_size))

    def _type(self) -> str | None:
        type_ = find_parameter(self.plain_request, "type")
        if type_ is not None and type_ not in declared():
            detail = "`type` is one of those that `GET webhook-event-types` lists."
            raise invalid_parameter("type", "invalid_parameter", detail)
        return type_

    def _last_seen(self, owner: Organization | None) -> StoredEvent | None:
        """The event after which a page begins, if the request names one."""
        after = find_parameter(self.plain_request, "starting_after")
        if after is None:
            return None
        try:
            return get_event(organization=owner, public_id=after)
        except EventNotFound as missing:
            detail = "`starting_after` names no event: send the id of the last one seen."
            raise invalid_parameter("starting_after", "invalid_cursor", detail) from missing


class WebhookEventOfId(WebhookResource):
    """One event."""

    scopes = {"GET": Scope.WEBHOOKS_READ}
    http_method_names = Resource.http_method_names
    parameters = frozenset({"organization"})

    @described(
        operation_id="get_webhook_event",
        tag="webhooks",
        summary="Get an event",
        answers={200: WebhookEvent},
        parameters=(OWNER,),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request, webhook_event_id: str) -> Response:
        """
        An event by its id, which is the `webhook-id` of the messages about it.

        A platform key finds those of everybody, as its endpoints are told of everybody.
        """
        owner = self.owner()
        if owner is None:
            return Response(present_event(get_event_of_anybody(public_id=webhook_event_id)))
        return Response(present_event(get_event(organization=owner, public_id=webhook_event_id)))


class WebhookEventTypes(Resource):
    """What there is to be told of."""

    scopes = {"GET": Scope.WEBHOOKS_READ}
    parameters = PAGE_PARAMETERS

    @described(
        operation_id="list_webhook_event_types",
        tag="webhooks",
        summary="List the types of events",
        answers={200: WebhookEventTypePage},
        parameters=PAGING,
        refusals=KEYED,
    )
    def get(self, request: Request) -> Response:
        """Every type, with when it is sent."""
        types = [
            WebhookEventType(type=type_, description=when, on_request=is_on_request(type_))
            for type_, when in declared().items()
        ]
        page, has_more = page_of(types, request=self.plain_request, key=lambda one: one.type)
        return Response(WebhookEventTypePage(list(page), has_more))

"""`/api/v1/webhook-endpoints`: who is told of events."""

from datetime import timedelta
from typing import Annotated, Final, TypeVar

import msgspec
from django.http import HttpResponse
from msgspec import UNSET, Meta, UnsetType
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope, WebhookFormat
from accounts.webhooks.endpoints import (
    LONGEST_DESCRIPTION,
    LONGEST_OVERLAP,
    change_endpoint,
    disable_endpoint,
    enable_endpoint,
    register_endpoint,
    remove_endpoint,
    rotate_secret,
)
from accounts.webhooks.queries import get_endpoint, list_endpoints

from ..documents import parse_document_if_any, shape
from ..endpoint import json_response
from ..idempotency import answered_once
from ..pages import PAGE_PARAMETERS, page_of
from ..resource import Resource
from ..schema import IDEMPOTENCY_KEY, IN_PLACE, KEYED, PAGING, WITH_BODY, body_of, described
from ..wire import StrictJSONParser
from .webhook_owners import OWNER, EndpointDeed, NamedOwner, WebhookOwner, WebhookResource
from .webhook_results import (
    WebhookEndpoint,
    WebhookEndpointPage,
    WebhookEndpointWithSecret,
    present_endpoint,
    present_registered,
)

T = TypeVar("T")

A_DAY: Final = 24 * 60 * 60
LONGEST_URL: Final = 2048
MOST_TYPES: Final = 100

Url = Annotated[
    str,
    Meta(
        description="An https address that the whole internet can reach.",
        extra_json_schema={"format": "uri", "maxLength": LONGEST_URL},
    ),
]
Description = Annotated[str, Meta(extra_json_schema={"maxLength": LONGEST_DESCRIPTION})]
EventTypes = Annotated[
    list[str],
    Meta(
        description="See `GET webhook-event-types`; empty: all that are not on request.",
        extra_json_schema={"maxItems": MOST_TYPES},
    ),
]


class NewWebhookEndpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to tell, and of what."""

    url: Url
    organization: NamedOwner = None
    description: Description = ""
    event_types: EventTypes = []
    format: Annotated[
        str,
        Meta(
            description="`standard`: signed JSON. `kinde`: a signed token in Kinde's words.",
            extra_json_schema={"enum": WebhookFormat.values},
        ),
    ] = WebhookFormat.STANDARD.value


class WebhookEndpointChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different. What is left out stays as it is."""

    organization: NamedOwner = None
    url: Url | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    event_types: EventTypes | UnsetType = UNSET


class WebhookSecretRotation(WebhookOwner, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long the present secret signs beside the new one."""

    overlap_seconds: Annotated[
        int,
        Meta(ge=0, le=int(LONGEST_OVERLAP.total_seconds()), description="A day unless given."),
    ] = A_DAY


class WebhookEndpoints(WebhookResource):
    """The endpoints of an organization, or of the installation."""

    scopes = {"GET": Scope.WEBHOOKS_READ, "POST": Scope.WEBHOOKS_WRITE}
    http_method_names = Resource.http_method_names
    parameters = frozenset({"organization"}) | PAGE_PARAMETERS
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="list_webhook_endpoints",
        tag="webhooks",
        summary="List webhook endpoints",
        answers={200: WebhookEndpointPage},
        parameters=(OWNER, *PAGING),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """The endpoints, oldest first, each with how it is doing."""
        endpoints, has_more = page_of(
            list_endpoints(organization=self.owner()),
            request=self.plain_request,
            key=lambda endpoint: endpoint.public_id,
        )
        shown = [present_endpoint(endpoint, now=self.now) for endpoint in endpoints]
        return Response(WebhookEndpointPage(shown, has_more))

    @described(
        operation_id="create_webhook_endpoint",
        tag="webhooks",
        summary="Tell an address of events",
        body=body_of(
            NewWebhookEndpoint,
            examples={
                "for entitlements": {
                    "url": "https://app.example/webhooks",
                    "event_types": [
                        "subscription.updated",
                        "usage.limit_reached",
                        "subscription.canceled",
                    ],
                }
            },
        ),
        answers={201: WebhookEndpointWithSecret},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request) -> HttpResponse:
        """
        An address is told of what happens from now on. The answer has the secret that its
        messages are signed with: it is shown this once.
        """
        written = self.written(NewWebhookEndpoint)
        return answered_once(
            self.plain_request, lambda: self._register(written), caller=self.caller, now=self.now
        )

    def _register(self, written: NewWebhookEndpoint) -> HttpResponse:
        registered = register_endpoint(
            organization=self.owner_named(written.organization),
            url=written.url,
            description=written.description,
            event_types=written.event_types,
            format=written.format,
            actor=self.actor,
            now=self.now,
        )
        return json_response(present_registered(registered, now=self.now), status=201)


class WebhookEndpointOfId(WebhookResource):
    """One endpoint."""

    scopes = {
        "GET": Scope.WEBHOOKS_READ,
        "PATCH": Scope.WEBHOOKS_WRITE,
        "DELETE": Scope.WEBHOOKS_WRITE,
    }
    http_method_names = Resource.http_method_names
    parameters = frozenset({"organization"})
    deletion_parameters = frozenset({"organization"})
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="get_webhook_endpoint",
        tag="webhooks",
        summary="Get a webhook endpoint",
        answers={200: WebhookEndpoint},
        parameters=(OWNER,),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request, endpoint_id: str) -> Response:
        """An endpoint, and how it is doing."""
        endpoint = get_endpoint(organization=self.owner(), public_id=endpoint_id)
        return Response(present_endpoint(endpoint, now=self.now))

    @described(
        operation_id="change_webhook_endpoint",
        tag="webhooks",
        summary="Change a webhook endpoint",
        body=body_of(WebhookEndpointChange, examples={"all types": {"event_types": []}}),
        answers={200: WebhookEndpoint},
        refusals=IN_PLACE.and_also(404),
    )
    def patch(self, request: Request, endpoint_id: str) -> Response:
        """Change where, or of what, is told. What waits already goes to the new address."""
        written = self.written(WebhookEndpointChange)
        owner = self.owner_named(written.organization)
        endpoint = get_endpoint(organization=owner, public_id=endpoint_id)
        changed = change_endpoint(
            endpoint=endpoint,
            url=_given(written.url),
            description=_given(written.description),
            event_types=_given(written.event_types),
            actor=self.actor,
            now=self.now,
        )
        return Response(present_endpoint(changed, now=self.now))

    @described(
        operation_id="delete_webhook_endpoint",
        tag="webhooks",
        summary="Remove a webhook endpoint",
        answers={204: None},
        parameters=(OWNER,),
        refusals=KEYED.and_also(404),
    )
    def delete(self, request: Request, endpoint_id: str) -> Response:
        """It is told nothing more, and what waits is dropped."""
        endpoint = get_endpoint(organization=self.owner(), public_id=endpoint_id)
        remove_endpoint(endpoint=endpoint, actor=self.actor, now=self.now)
        return Response(status=204)


class EnableWebhookEndpoint(EndpointDeed):
    """Telling it again."""

    scopes = {"POST": Scope.WEBHOOKS_WRITE}
    http_method_names = ["post"]

    @described(
        operation_id="enable_webhook_endpoint",
        tag="webhooks",
        summary="Enable a webhook endpoint",
        body=body_of(WebhookOwner, examples={"its own": {}}),
        answers={200: WebhookEndpoint},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request, endpoint_id: str) -> HttpResponse:
        """It is told again of what happens from now on; `resend-failed` sends what it missed."""
        written = shape(parse_document_if_any(self.plain_request), WebhookOwner)
        return self.done_once(
            endpoint_id,
            lambda endpoint: present_endpoint(
                enable_endpoint(endpoint=endpoint, actor=self.actor, now=self.now), now=self.now
            ),
            reference=written.organization,
        )


class DisableWebhookEndpoint(EndpointDeed):
    """Telling it nothing for a while."""

    scopes = {"POST": Scope.WEBHOOKS_WRITE}
    http_method_names = ["post"]

    @described(
        operation_id="disable_webhook_endpoint",
        tag="webhooks",
        summary="Disable a webhook endpoint",
        body=body_of(WebhookOwner, examples={"its own": {}}),
        answers={200: WebhookEndpoint},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request, endpoint_id: str) -> HttpResponse:
        """It is told nothing until it is enabled, and what waits is dropped."""
        written = shape(parse_document_if_any(self.plain_request), WebhookOwner)
        return self.done_once(
            endpoint_id,
            lambda endpoint: present_endpoint(
                disable_endpoint(endpoint=endpoint, actor=self.actor, now=self.now), now=self.now
            ),
            reference=written.organization,
        )


class RotateWebhookSecret(EndpointDeed):
    """A new secret."""

    scopes = {"POST": Scope.WEBHOOKS_WRITE}
    http_method_names = ["post"]

    @described(
        operation_id="rotate_webhook_secret",
        tag="webhooks",
        summary="Give a webhook endpoint a new secret",
        body=body_of(WebhookSecretRotation, examples={"at once": {"overlap_seconds": 0}}),
        answers={200: WebhookEndpointWithSecret},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request, endpoint_id: str) -> HttpResponse:
        """
        The answer has the new secret, this once. Messages are signed with both until the overlap
        is over, so that a receiver may change over in its own time.
        """
        written = shape(parse_document_if_any(self.plain_request), WebhookSecretRotation)
        return self.done_once(
            endpoint_id,
            lambda endpoint: present_registered(
                rotate_secret(
                    endpoint=endpoint,
                    overlap=timedelta(seconds=written.overlap_seconds),
                    actor=self.actor,
                    now=self.now,
                ),
                now=self.now,
            ),
            reference=written.organization,
        )


def _given(written: T | UnsetType) -> T | None:
    """What is written, or None."""
    return None if isinstance(written, UnsetType) else written

"""What was sent to a webhook endpoint, and sending it again."""

from typing import Annotated

import msgspec
from django.http import HttpResponse
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import DeliveryStatus, Scope
from accounts.models import WebhookDelivery as StoredDelivery
from accounts.models import WebhookEndpoint as StoredEndpoint
from accounts.webhooks.deliveries import resend, resend_failed
from accounts.webhooks.endpoints import send_test_event
from accounts.webhooks.queries import (
    DeliveryNotFound,
    get_delivery,
    get_endpoint,
    list_attempts,
    list_deliveries,
)

from ..documents import parse_document_if_any, read, shape
from ..fields import parse_timestamp
from ..pages import PAGE_PARAMETERS
from ..parameters import find_parameter, invalid_parameter, read_choice, read_page_size
from ..resource import Resource
from ..schema import (
    IDEMPOTENCY_KEY,
    KEYED,
    PAGING,
    WITH_BODY,
    body_of,
    choice_parameter,
    described,
)
from .webhook_owners import OWNER, EndpointDeed, NamedOwner, WebhookOwner, WebhookResource
from .webhook_results import (
    ResentWebhooks,
    WebhookDelivery,
    WebhookDeliveryPage,
    WebhookDeliveryWithAttempts,
    present_delivery,
    present_with_attempts,
)


class MissedWebhooks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Since when what failed or was dropped is sent again."""

    since: Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
    organization: NamedOwner = None


class WebhookDeliveries(WebhookResource):
    """What was sent to an endpoint, or is going to be."""

    scopes = {"GET": Scope.WEBHOOKS_READ}
    http_method_names = Resource.http_method_names
    parameters = frozenset({"organization", "status"}) | PAGE_PARAMETERS

    @described(
        operation_id="list_webhook_deliveries",
        tag="webhooks",
        summary="List what an endpoint was told",
        answers={200: WebhookDeliveryPage},
        parameters=(OWNER, choice_parameter("status", DeliveryStatus), *PAGING),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request, endpoint_id: str) -> Response:
        """Deliveries to an endpoint, newest first."""
        status = read_choice(DeliveryStatus, self.plain_request, "status")
        page_size = read_page_size(self.plain_request)
        endpoint = get_endpoint(organization=self.owner(), public_id=endpoint_id)
        found = list_deliveries(
            endpoint=endpoint,
            status=None if status is None else status.value,
            before=self._last_seen(endpoint),
            limit=page_size + 1,
        )
        shown = [present_delivery(delivery) for delivery in found[:page_size]]
        return Response(WebhookDeliveryPage(shown, len(found) > page_size))

    def _last_seen(self, endpoint: StoredEndpoint) -> StoredDelivery | None:
        """The delivery after which a page begins, if the request names one."""
        after = find_parameter(self.plain_request, "starting_after")
        if after is None:
            return None
        try:
            return get_delivery(endpoint=endpoint, public_id=after)
        except DeliveryNotFound as missing:
            detail = "`starting_after` names no delivery: send the id of the last one seen."
            raise invalid_parameter("starting_after", "invalid_cursor", detail) from missing


class WebhookDeliveryOfId(WebhookResource):
    """One delivery."""

    scopes = {"GET": Scope.WEBHOOKS_READ}
    http_method_names = Resource.http_method_names
    parameters = frozenset({"organization"})

    @described(
        operation_id="get_webhook_delivery",
        tag="webhooks",
        summary="Get a delivery with its attempts",
        answers={200: WebhookDeliveryWithAttempts},
        parameters=(OWNER,),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request, endpoint_id: str, delivery_id: str) -> Response:
        """A delivery, attempt by attempt, with how each answer began."""
        endpoint = get_endpoint(organization=self.owner(), public_id=endpoint_id)
        delivery = get_delivery(endpoint=endpoint, public_id=delivery_id)
        return Response(present_with_attempts(delivery, list_attempts(delivery=delivery)))


class ResendWebhook(EndpointDeed):
    """One delivery, again."""

    scopes = {"POST": Scope.WEBHOOKS_WRITE}
    http_method_names = ["post"]

    @described(
        operation_id="resend_webhook",
        tag="webhooks",
        summary="Send a delivery again",
        body=body_of(WebhookOwner, examples={"its own": {}}),
        answers={200: WebhookDelivery},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request, endpoint_id: str, delivery_id: str) -> HttpResponse:
        """
        It is due at once, with a fresh series of attempts, under the same `webhook-id`: who has
        seen it already knows it by that.
        """
        written = shape(parse_document_if_any(self.plain_request), WebhookOwner)
        return self.done_once(
            endpoint_id,
            lambda endpoint: present_delivery(
                resend(
                    delivery=get_delivery(endpoint=endpoint, public_id=delivery_id),
                    actor=self.actor,
                    now=self.now,
                )
            ),
            reference=written.organization,
        )


class ResendFailedWebhooks(EndpointDeed):
    """Everything that was missed, again."""

    scopes = {"POST": Scope.WEBHOOKS_WRITE}
    http_method_names = ["post"]

    @described(
        operation_id="resend_failed_webhooks",
        tag="webhooks",
        summary="Send again what failed",
        body=body_of(MissedWebhooks, examples={"since noon": {"since": "2026-09-20T12:00:00Z"}}),
        answers={200: ResentWebhooks},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request, endpoint_id: str) -> HttpResponse:
        """Whatever failed or was dropped since an instant is due at once."""
        written = self.written(MissedWebhooks)
        since = read(parse_timestamp, written.since, at="/since")
        return self.done_once(
            endpoint_id,
            lambda endpoint: ResentWebhooks(
                resent=resend_failed(endpoint=endpoint, since=since, actor=self.actor, now=self.now)
            ),
            reference=written.organization,
        )


class SendTestWebhook(EndpointDeed):
    """Whether it works."""

    scopes = {"POST": Scope.WEBHOOKS_WRITE}
    http_method_names = ["post"]

    @described(
        operation_id="test_webhook_endpoint",
        tag="webhooks",
        summary="Send a test event",
        body=body_of(WebhookOwner, examples={"its own": {}}),
        answers={201: WebhookDelivery},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request, endpoint_id: str) -> HttpResponse:
        """An event `webhook.test` to this endpoint alone. What came of it: get the delivery."""
        written = shape(parse_document_if_any(self.plain_request), WebhookOwner)
        return self.done_once(
            endpoint_id,
            lambda endpoint: present_delivery(
                send_test_event(endpoint=endpoint, actor=self.actor, now=self.now)
            ),
            reference=written.organization,
            status=201,
        )

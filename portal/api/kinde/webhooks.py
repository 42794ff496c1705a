"""Webhooks as Kinde has them: endpoints with a name, and events under Kinde's names."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from django.http import HttpResponse
from msgspec import UNSET, Meta, UnsetType
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import WebhookFormat
from accounts.models import Organization, WebhookEndpoint
from accounts.organizations.queries import get_organization_of_key
from accounts.webhooks import kinde
from accounts.webhooks.endpoints import change_endpoint, register_endpoint, remove_endpoint
from accounts.webhooks.queries import get_endpoint, list_endpoints

from ..schema import IDEMPOTENCY_KEY, body_of, described
from ..wire import StrictJSONParser
from .answers import Success
from .errors import READING, WRITING
from .resource import KindeResource

# We keep one description; Kinde's clients send a name and, some of them, a description.
BETWEEN_NAME_AND_DESCRIPTION: Final = " | "


class KindeWebhook(msgspec.Struct, frozen=True, kw_only=True):
    """An address that is told of events."""

    id: str
    name: str
    endpoint: str
    description: str
    event_types: list[str]
    created_on: datetime


class KindeWebhooks(msgspec.Struct, frozen=True, kw_only=True):
    """The addresses that are told of events, oldest first."""

    code: str = "OK"
    message: str = "Success"
    webhooks: list[KindeWebhook]


class KindeWebhookOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An address that shall be told of events."""

    endpoint: str
    event_types: Annotated[
        list[str],
        Meta(
            description=(
                "Kinde's names, for signed tokens as Kinde sends them; or names of ours, for "
                "signed JSON."
            )
        ),
    ]
    name: str
    description: str | None = None


class RegisteredWebhook(msgspec.Struct, frozen=True, kw_only=True):
    """What was registered."""

    id: str
    endpoint: str
    secret: Annotated[
        str | UnsetType,
        Meta(description="With which signed JSON is verified; shown this once. Not Kinde's."),
    ] = UNSET


class WebhookRegistered(Success, frozen=True, kw_only=True):
    """The address is told of events from now on."""

    webhook: RegisteredWebhook


class KindeWebhookChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shall be different. Whatever is left out stays as it is; the address stays anyway."""

    event_types: list[str] | None = None
    name: str | None = None
    description: str | None = None


class ChangedWebhook(msgspec.Struct, frozen=True):
    """What was changed."""

    id: str


class WebhookChanged(Success, frozen=True, kw_only=True):
    """It is changed."""

    webhook: ChangedWebhook


class WebhookResource(KindeResource):
    """What is about the endpoints of the caller: an organization's, or the installation's own."""

    def owner(self) -> Organization | None:
        """Whose endpoints they are."""
        if self.caller.is_platform:
            return None
        return get_organization_of_key(caller=self.caller)


class Webhooks(WebhookResource):
    """All endpoints, and new ones."""

    needs = {"GET": "read:webhooks", "POST": "create:webhooks"}
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="kinde_list_webhooks",
        tag="kinde",
        summary="List webhooks as Kinde does",
        answers={200: KindeWebhooks},
        refusals=READING,
    )
    def get(self, request: Request) -> Response:
        """The organization's; with a platform key those that are told of every organization."""
        endpoints = list_endpoints(organization=self.owner())
        return Response(KindeWebhooks(webhooks=[_present(endpoint) for endpoint in endpoints]))

    @described(
        operation_id="kinde_create_webhook",
        tag="kinde",
        summary="Register a webhook as at Kinde",
        body=body_of(
            KindeWebhookOrder,
            examples={
                "plan changes": {
                    "endpoint": "https://app.example/webhooks",
                    "event_types": ["customer.plan_changed"],
                    "name": "Plan changes",
                }
            },
        ),
        answers={200: WebhookRegistered},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WRITING,
    )
    def post(self, request: Request) -> HttpResponse:
        """
        Tell an address of events: of the organization's, or with a platform key of everybody's.

        Named by Kinde's names, they are sent as Kinde sends them: a token, signed with a key that
        `/.well-known/jwks` shows. Without any names, all that Kinde has are meant.
        """
        order = self.written(KindeWebhookOrder)
        return self.done_once(lambda: self._register(order))

    def _register(self, order: KindeWebhookOrder) -> WebhookRegistered:
        is_kindes = set(order.event_types) <= set(kinde.NAMES)
        registered = register_endpoint(
            organization=self.owner(),
            url=order.endpoint,
            description=_join(order.name, order.description or ""),
            event_types=order.event_types,
            format=WebhookFormat.KINDE if is_kindes else WebhookFormat.STANDARD,
            actor=self.actor,
            now=self.now,
        )
        endpoint = registered.endpoint
        return WebhookRegistered(
            webhook=RegisteredWebhook(
                id=endpoint.public_id,
                endpoint=endpoint.url,
                secret=UNSET if is_kindes else registered.secret,
            )
        )


class WebhookOfId(WebhookResource):
    """One endpoint."""

    needs = {"PATCH": "update:webhooks", "DELETE": "delete:webhooks"}
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="kinde_update_webhook",
        tag="kinde",
        summary="Change a webhook as at Kinde",
        body=body_of(
            KindeWebhookChange, examples={"more": {"event_types": ["customer.payment_failed"]}}
        ),
        answers={200: WebhookChanged},
        refusals=WRITING,
    )
    def patch(self, request: Request, webhook_id: str) -> Response:
        """Change of what the address is told, or what it is called."""
        change = self.written(KindeWebhookChange)
        endpoint = get_endpoint(organization=self.owner(), public_id=webhook_id)
        name, description = _split(endpoint.description)
        change_endpoint(
            endpoint=endpoint,
            description=_join(
                name if change.name is None else change.name,
                description if change.description is None else change.description,
            ),
            event_types=change.event_types,
            actor=self.actor,
            now=self.now,
        )
        return Response(WebhookChanged(webhook=ChangedWebhook(endpoint.public_id)))

    @described(
        operation_id="kinde_delete_webhook",
        tag="kinde",
        summary="Remove a webhook as at Kinde",
        answers={200: Success},
        refusals=READING,
    )
    def delete(self, request: Request, webhook_id: str) -> Response:
        """The address is told nothing more."""
        endpoint = get_endpoint(organization=self.owner(), public_id=webhook_id)
        remove_endpoint(endpoint=endpoint, actor=self.actor, now=self.now)
        return Response(Success())


def _present(endpoint: WebhookEndpoint) -> KindeWebhook:
    name, description = _split(endpoint.description)
    return KindeWebhook(
        id=endpoint.public_id,
        name=name,
        endpoint=endpoint.url,
        description=description,
        event_types=endpoint.event_types,
        created_on=endpoint.created_at,
    )


def _join(name: str, description: str) -> str:
    return BETWEEN_NAME_AND_DESCRIPTION.join(filter(None, (name, description)))


def _split(described: str) -> tuple[str, str]:
    name, _, description = described.partition(BETWEEN_NAME_AND_DESCRIPTION)
    return name, description

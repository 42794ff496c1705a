"""Whose webhooks a request is about, and how something is done to one endpoint."""

from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from msgspec import Meta

from accounts.models import Organization, WebhookEndpoint
from accounts.webhooks.queries import get_endpoint

from ..endpoint import json_response
from ..idempotency import answered_once
from ..organizations import get_named_organization
from ..parameters import find_parameter
from ..resource import Resource
from ..wire import StrictJSONParser

OWNER: Final = OpenApiParameter(
    "organization",
    str,
    description=(
        "Its id or your own id for it. A platform key that names none means the installation's "
        "own; other keys may only name their own."
    ),
)
NamedOwner = Annotated[
    str | None,
    Meta(description="Its id or your own id for it. Left out by a platform key: the installation."),
]


class WebhookOwner(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose endpoint it is. The body may be left out."""

    organization: NamedOwner = None


class WebhookResource(Resource):
    """A resource of an organization's webhooks, or of the installation's."""

    scopes = {}
    http_method_names = []

    def owner(self) -> Organization | None:
        """Return whose webhooks the query is about; None is the installation."""
        return self.owner_named(find_parameter(self.plain_request, "organization"))

    def owner_named(self, reference: str | None) -> Organization | None:
        """
        The same of a body. Raises `OrganizationNotFound`.

        Webhooks are sent in real time, so the organization's own clock does not matter.
        """
        if reference is None and self.caller.is_platform:
            return None
        return get_named_organization(caller=self.caller, reference=reference)


class EndpointDeed(WebhookResource):
    """A POST that does something to one endpoint."""

    parser_classes = [StrictJSONParser]

    def done_once(
        self,
        endpoint_id: str,
        deed: Callable[[WebhookEndpoint], Any],
        *,
        reference: str | None,
        status: int = 200,
    ) -> HttpResponse:
        """Do it, unless the same request did; answer with what the deed returns."""

        def do() -> HttpResponse:
            owner = self.owner_named(reference)
            endpoint = get_endpoint(organization=owner, public_id=endpoint_id)
            return json_response(deed(endpoint), status=status)

        return answered_once(self.plain_request, do, caller=self.caller, now=self.now)

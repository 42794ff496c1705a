"""The lock of an endpoint: who changes it, and who writes down what became of telling it."""

from ..models import WebhookEndpoint
from .queries import EndpointNotFound


def lock_endpoint(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """
    Return the endpoint as it is now, locked until the transaction ends; announcing goes on.

    Raises `EndpointNotFound` for a removed one.
    """
    present = (
        WebhookEndpoint.objects.present()
        .select_for_update(of=("self",), no_key=True)
        .select_related("organization")
        .filter(pk=endpoint.pk)
        .first()
    )
    if present is None:
        raise EndpointNotFound("There is no such webhook endpoint.")
    return present

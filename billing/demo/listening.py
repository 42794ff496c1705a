"""How the demo hears of what happens at Stripe."""

from django.conf import settings

from ..stripe.endpoint import WEBHOOK_PATH, find_endpoint
from ..stripe.gateway.client import ask_for_all, send
from ..stripe.gateway.configuration import is_sandbox
from ..stripe.setting_up import LISTENER, bring_endpoint_level


def listen_to_stripe() -> str:
    """
    Have Stripe send its events here if it can reach this machine; say how they come.

    Raises `StripeNotConnected`, `StripeUnavailable` and `StripeRefused`.
    """
    if is_sandbox():
        told = bring_endpoint_level()
        _forget_former_addresses()
        return told
    if settings.PUBLIC_URL.startswith("https://"):
        return bring_endpoint_level()
    endpoint = find_endpoint()
    if endpoint is not None and endpoint.stripe_id == LISTENER:
        return "Events are taken from `stripe listen`."
    return (
        f"Stripe cannot reach {settings.PUBLIC_URL}{WEBHOOK_PATH}, so its events are asked for "
        "every 15 minutes. `stripe listen` passes them on at once: see the README."
    )


def _forget_former_addresses() -> None:
    """The sandbox serves this demo alone, and would wait for answers from where it was before."""
    present = find_endpoint()
    assert present is not None
    for endpoint in ask_for_all("webhook_endpoints.list"):
        if endpoint["id"] != present.stripe_id:
            key = f"demo:forget:{endpoint['id']}"
            send("webhook_endpoints.delete", target=endpoint["id"], key=key)

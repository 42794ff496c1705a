"""Making an account at Stripe ready for us: the key, the webhook endpoint, what is on sale."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import uuid4

from django.conf import settings

from config.kernel.encryption import Unreadable

from ..models import StripeEndpoint
from .endpoint import WEBHOOK_PATH, find_endpoint, secret_of, use_endpoint
from .gateway.client import ask, ask_for_all, send
from .gateway.configuration import is_live, is_sandbox, require_connection
from .gateway.errors import KeyRefused, ObjectMissing
from .gateway.facts import Json
from .home import check_home
from .inbox import catch_up, handle_waiting
from .inbox.handlers import wanted_types
from .intents import finish_open_intents
from .publishing.operations import publish_waiting

MARK: Final = {"product": "tallybook"}
# Stands for what the command line client passes on to us; Stripe knows no endpoint for it.
LISTENER: Final = "stripe_listen"


def set_up(*, now: datetime, listener_secret: str = "") -> Iterator[str]:
    """
    Do all of it, and tell line by line what was found and done. Doing it again changes nothing.

    A listener's secret (`stripe listen` prints it) is used in the place of an endpoint: for a
    machine that Stripe cannot reach. Raises `AnotherAccount`, and nothing is changed;
    `StripeNotConnected`, `StripeUnavailable`, `StripeRefused`.
    """
    require_connection()
    yield _check_key()
    check_home()
    yield _take_from_listener(listener_secret) if listener_secret else bring_endpoint_level()
    yield f"{publish_waiting(now=now)} plans were published."
    yield f"{finish_open_intents(now=now)} open calls were seen to."
    caught_up = catch_up(now=now)
    handle_waiting(now=now)
    yield f"{caught_up} events had been missed."


def _check_key() -> str:
    mode = "the sandbox" if is_sandbox() else "Stripe, live" if is_live() else "Stripe, test mode"
    try:
        account = ask("accounts.retrieve_current")["id"]
    except KeyRefused:
        # A restricted key need not be allowed to see the account, but it must see customers.
        ask("customers.list", {"limit": 1})
        account = "an account that the key may not see"
    return f"The key is good: {mode}, {account}, API version {settings.STRIPE_API_VERSION}."


def _take_from_listener(secret: str) -> str:
    use_endpoint(
        stripe_id=LISTENER, url=_url(), api_version=settings.STRIPE_API_VERSION, secret=secret
    )
    return "Events are taken from `stripe listen`."


def bring_endpoint_level() -> str:
    """Have Stripe send its events here, with a secret that we know; tell what was done."""
    endpoint = find_endpoint()
    known = _at_stripe(endpoint) if endpoint else None
    if endpoint is None or known is None or not _is_usable(endpoint, known):
        endpoint = _make_endpoint()
        told = f"Events are sent to {endpoint.url} from now on."
    elif set(known["enabled_events"]) != set(_wanted()) or known["status"] != "enabled":
        changes = {"enabled_events": _wanted(), "disabled": False}
        send("webhook_endpoints.update", changes, target=endpoint.stripe_id, key=_new_key())
        told = f"The endpoint {endpoint.url} is sent what we ask for now."
    else:
        told = f"The endpoint {endpoint.url} is as it should be."
    _remember_with_present_key(endpoint)
    _remove_others(endpoint)
    return told


def _at_stripe(endpoint: StripeEndpoint) -> Json | None:
    if endpoint.stripe_id == LISTENER:
        return None
    try:
        return ask("webhook_endpoints.retrieve", target=endpoint.stripe_id)
    except ObjectMissing:
        return None


def _is_usable(endpoint: StripeEndpoint, known: Json) -> bool:
    """The version of an endpoint cannot be changed, and its secret is told only once."""
    try:
        secret_of(endpoint)
    except Unreadable:
        return False
    version = known.get("api_version")
    return (known["url"], version) == (_url(), settings.STRIPE_API_VERSION)


def _make_endpoint() -> StripeEndpoint:
    # Not an intent: those keep answers, and this one holds the secret. One that was made and then
    # not stored is removed the next time.
    made = send(
        "webhook_endpoints.create",
        {
            "url": _url(),
            "enabled_events": _wanted(),
            "api_version": settings.STRIPE_API_VERSION,
            "description": "Tallybook",
            "metadata": MARK,
        },
        key=_new_key(),
    )
    return use_endpoint(
        stripe_id=made["id"],
        url=made["url"],
        api_version=settings.STRIPE_API_VERSION,
        secret=made["secret"],
    )


def _remember_with_present_key(endpoint: StripeEndpoint) -> None:
    """Encrypt the secret with today's SECRET_KEY, so that an older one may be forgotten."""
    use_endpoint(
        stripe_id=endpoint.stripe_id,
        url=endpoint.url,
        api_version=endpoint.api_version,
        secret=secret_of(endpoint),
    )


def _remove_others(endpoint: StripeEndpoint) -> None:
    """Endpoints of ours with this address, whose secret is not known any more."""
    for other in ask_for_all("webhook_endpoints.list"):
        is_ours = other["url"] == endpoint.url and MARK.items() <= dict(other["metadata"]).items()
        if is_ours and other["id"] != endpoint.stripe_id:
            send("webhook_endpoints.delete", target=other["id"], key=_new_key())


def _url() -> str:
    return f"{settings.PUBLIC_URL}{WEBHOOK_PATH}"


def _wanted() -> list[str]:
    return wanted_types(with_clocks=not is_live())


def _new_key() -> str:
    return f"setup:{uuid4()}"

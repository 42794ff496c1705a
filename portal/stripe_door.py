"""Where Stripe tells us what happened."""

from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing.stripe.inbox import LARGEST_PAYLOAD, TooLarge, receive
from billing.tasks import handle_stripe_event
from config.kernel.errors import DomainError

from .api.problems import problem_response

SIGNATURE_HEADER: Final = "Stripe-Signature"


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """
    Take an event in, and answer at once: it is seen to afterwards.

    Whatever Stripe did not sign is refused, and nothing of it is stored.
    """
    try:
        event = receive(
            payload=_payload(request),
            signature=request.headers.get(SIGNATURE_HEADER, ""),
            now=timezone.now(),
        )
    except DomainError as refusal:
        return problem_response(refusal, request=request)
    handle_stripe_event.delay(event_id=event.pk)
    return HttpResponse(status=HTTPStatus.OK)


def _payload(request: HttpRequest) -> bytes:
    """The body, of which no more is read than an event may have."""
    announced = request.headers.get("Content-Length") or ""
    if announced.isdecimal() and int(announced) > LARGEST_PAYLOAD:
        raise TooLarge("An event has at most a megabyte.")
    return bytes(request.read(LARGEST_PAYLOAD + 1))

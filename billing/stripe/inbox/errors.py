"""Why something at the webhook's door is not taken. Nothing of it is stored."""

from config.kernel.errors import DomainError


class EventRefused(DomainError):
    """What was sent is not taken as an event."""

    code = "event_refused"
    title = "The event was refused"
    status = 400


class Forged(EventRefused):
    """Stripe did not sign it, or not with the secret that we share."""

    code = "event_forged"


class Stale(EventRefused):
    """It was signed too long ago: somebody may be repeating it."""

    code = "event_stale"


class TooLarge(EventRefused):
    """No event of Stripe's is as large."""

    code = "event_too_large"
    status = 413


class Garbage(EventRefused):
    """It was signed, but it is no event that concerns us."""

    code = "event_garbage"

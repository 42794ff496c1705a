"""What may come of a call to Stripe instead of an answer."""

from typing import Any

from django.utils.translation import gettext as _

from config.kernel.errors import DomainError


class StripeNotConnected(DomainError):
    """There is no key and no sandbox: nothing can be paid here."""

    code = "billing_not_connected"
    title = "Billing is not connected"
    status = 409

    def __init__(self) -> None:
        super().__init__("Payments are not set up here.")


class StripeUnavailable(DomainError):
    """Stripe did not answer, or not to the point. Whether the call had an effect is not known."""

    code = "stripe_unavailable"
    title = "The payment service does not answer"
    status = 503

    def __init__(self, reason: str) -> None:
        super().__init__("The payment service does not answer now. Try again in a few minutes.")
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class KeyRefused(StripeUnavailable):
    """Stripe does not accept our key, or not for this. The call had no effect."""


class StripeRefused(DomainError):
    """
    Stripe understood the call and refused it: it had no effect.

    `stripe_code` and `param` are Stripe's; `facts` is all that is stored, so that the refusal
    can be raised anew.
    """

    code = "stripe_refused"
    title = "The payment service refused"
    status = 502

    def __init__(self, detail: str, *, stripe_code: str = "", param: str = "") -> None:
        super().__init__(detail)
        self.stripe_code = stripe_code
        self.param = param

    @property
    def facts(self) -> dict[str, Any]:
        """What `refusal` makes the same refusal of."""
        return {
            "kind": type(self).__name__,
            "detail": self.detail,
            "stripe_code": self.stripe_code,
            "param": self.param,
        }


class ObjectMissing(StripeRefused):
    """Stripe knows no such object."""

    code = "stripe_object_missing"


class CustomerGone(ObjectMissing):
    """
    The customer was deleted at Stripe. The detail is a sentence for its people; once Stripe's
    event is seen to, whoever pays next gets a new customer.
    """

    title = "The account at the payment service is gone"

    def __init__(self, detail: str = "", *, stripe_code: str = "", param: str = "") -> None:
        plain = _(
            "Your account at the payment service was deleted there, so this cannot be done now. "
            "Try again in a few minutes, and write to us if that does not help."
        )
        super().__init__(plain, stripe_code=stripe_code, param=param)


class CardRefused(StripeRefused):
    """
    The card was declined, or wants its holder to confirm.

    The detail is Stripe's sentence for the card's holder. `decline_code` says why, as far as
    the bank told.
    """

    code = "card_refused"
    title = "The card was declined"
    status = 402

    def __init__(
        self, detail: str, *, stripe_code: str = "", param: str = "", decline_code: str = ""
    ) -> None:
        super().__init__(detail, stripe_code=stripe_code, param=param)
        self.decline_code = decline_code
        self.extra = {"decline_code": decline_code or stripe_code}

    @property
    def facts(self) -> dict[str, Any]:
        return {**super().facts, "decline_code": self.decline_code}


_KINDS: dict[str, type[StripeRefused]] = {
    kind.__name__: kind for kind in (StripeRefused, ObjectMissing, CustomerGone, CardRefused)
}


def refusal(facts: dict[str, Any]) -> StripeRefused:
    """The refusal that has these facts."""
    given = dict(facts)
    return _KINDS[given.pop("kind")](given.pop("detail"), **given)

"""Why a journey cannot be made."""

from config.kernel.errors import DomainError


class NothingToPay(DomainError):
    """The plan costs nothing, so there is nothing to check out: agree on it directly."""

    code = "nothing_to_pay"
    title = "The plan costs nothing"


class CheckoutNeeded(DomainError):
    """The first payment is made on the payment page; a change comes later."""

    code = "checkout_needed"
    title = "The plan has to be paid for first"


class ChangeWaiting(DomainError):
    """Another change waits for the end of the period; it would be lost by a change at once."""

    code = "change_waiting"
    title = "A change is planned already"


class PreviewOutdated(DomainError):
    """What is due is no longer the amount that was shown, so nothing was changed."""

    code = "preview_outdated"
    title = "The amount has changed"


class PaymentIncomplete(DomainError):
    """
    The payment did not go through, or waits for a confirmation: nothing has changed yet.

    `invoice_url` is where it can be paid; the change takes effect with the payment.
    """

    code = "payment_incomplete"
    title = "The payment is not complete"
    status = 402


class PaymentUnderWay(DomainError):
    """A payment page was just completed: what it was for comes of it, and is not paid twice."""

    code = "payment_under_way"
    title = "A payment was just made"


class NoCard(DomainError):
    """There is no payment method on file that could be charged."""

    code = "no_payment_method"
    title = "No payment method on file"
    status = 402


class CollectedOutside(DomainError):
    """Stripe does not collect for this agreement, so there is nothing to do there."""

    code = "not_collected_by_stripe"
    title = "The agreement is not collected by Stripe"


class CheckoutNotFound(DomainError):
    """There is no such visit to the payment page, or it is another organization's."""

    code = "checkout_not_found"
    title = "No such checkout"
    status = 404

"""How the subscription of an agreement stands at Stripe, asked for anew."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ...choices import InvoiceStatus
from ...models import Agreement, StripeSubscription
from ..gateway.facts import InvoiceFacts, SubscriptionFacts
from ..gateway.reading import list_invoices, retrieve_invoice, retrieve_subscription
from ..invoices.mirror import AGREEMENT, mirror_invoice
from .destinations import MOST_LINES, Draft, Standing

RENEWAL: Final = "subscription_cycle"
# On an invoice that we made for overage: the end of the last period that it is for.
OVERAGE_UNTIL: Final = "overage_until"
# With these Stripe makes no further invoice of its own.
_ENDED: Final = frozenset({"canceled", "incomplete", "incomplete_expired"})


@dataclass(frozen=True, slots=True)
class Billed:
    """An agreement, its subscription, and those of its invoices that still take lines."""

    agreement: Agreement
    subscription: SubscriptionFacts
    drafts: tuple[InvoiceFacts, ...]

    @property
    def is_live(self) -> bool:
        """Whether Stripe will make further invoices of its own for it."""
        return self.subscription.status not in _ENDED

    def standing(self, assigned: Mapping[str, int]) -> Standing:
        """
        The same, as far as deciding on invoices goes. `assigned` says how many lines are on their
        way to a draft already.
        """
        return Standing(
            renews_at=self.subscription.period.ends_at if self.is_live else None,
            drafts=tuple(
                Draft(
                    draft.id,
                    draft.created_at,
                    room=MOST_LINES - len(draft.lines) - assigned.get(draft.id, 0),
                )
                for draft in self.drafts
            ),
        )


def look_at_stripe(*, agreement: Agreement, now: datetime) -> Billed | None:
    """
    Ask Stripe for an agreement's subscription and its drafts, and bring our copies of these
    level. None for an agreement without a subscription.
    """
    known = _subscription_of(agreement)
    if known is None:
        return None
    subscription = retrieve_subscription(known.stripe_id)
    drafts = tuple(_drafts_of(agreement, subscription))
    for draft in drafts:
        mirror_invoice(draft, now=now)
    return Billed(agreement, subscription, drafts)


def _subscription_of(agreement: Agreement) -> StripeSubscription | None:
    """
    What collects for an agreement. One that had ended when we heard that its subscription goes on
    is followed by another, which has the subscription since.
    """
    known = StripeSubscription.objects.filter(organization_id=agreement.organization_id)
    found = known.filter(agreement=agreement).first()
    if found is None and agreement.ended_at is not None:
        later = known.filter(agreement__started_at__gte=agreement.ended_at)
        found = later.order_by("agreement__started_at").first()
    return found


def is_own_invoice(invoice: InvoiceFacts) -> bool:
    """Whether we made the invoice for overage that no renewal takes."""
    return OVERAGE_UNTIL in invoice.metadata


def is_renewal(invoice: InvoiceFacts) -> bool:
    """Whether Stripe made the invoice because a billing period began."""
    return bool(invoice.subscription_id) and invoice.billing_reason == RENEWAL


def _drafts_of(agreement: Agreement, subscription: SubscriptionFacts) -> Iterator[InvoiceFacts]:
    found = list_invoices(customer=subscription.customer_id, status=InvoiceStatus.DRAFT.value)
    for listed in found:
        is_its_renewal = is_renewal(listed) and listed.subscription_id == subscription.id
        is_for_it = listed.metadata.get(AGREEMENT) == agreement.public_id
        if is_its_renewal or (is_own_invoice(listed) and is_for_it):
            # The list tells of the first lines only.
            draft = retrieve_invoice(listed.id)
            if draft.status == InvoiceStatus.DRAFT:
                yield draft

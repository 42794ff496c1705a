"""
Offer a plan to one customer, so that it can be paid for; and take that back.

What is not sold any more is archived at Stripe. While an offer of it stands it can be bought there;
the sweep that publishes sees to both, this only has it done at once.
"""

from datetime import datetime

from accounts.audit.actor import Actor
from accounts.models import Organization

from ...choices import CheckoutKind, CheckoutStatus
from ...legacy.offers import OfferOrder, make_private_offer, withdraw_private_offer
from ...models import Checkout, PrivateOffer
from ..gateway.configuration import is_connected
from ..publishing import publish_plan
from .checkout import close_visit


def offer_privately(
    *, organization: Organization, order: OfferOrder, actor: Actor, now: datetime
) -> PrivateOffer:
    """
    Offer an organization a plan that it could not choose by itself, and let it be bought at
    Stripe. If Stripe does not answer, that follows by itself. Raises as `make_private_offer`.
    """
    offer = make_private_offer(organization=organization, order=order, actor=actor, now=now)
    _bring_level(offer, now=now)
    return offer


def withdraw_offer(*, offer: PrivateOffer, actor: Actor, reason: str, now: datetime) -> None:
    """
    Take an offer back, and close the payment pages on which it could be taken.

    Raises as `withdraw_private_offer` and `close_visit` do: `PaymentUnderWay` if it was just paid.
    """
    visits = Checkout.objects.filter(
        organization_id=offer.organization_id,
        kind=CheckoutKind.AGREEMENT,
        status=CheckoutStatus.OPEN,
        plan_version__plan_id=offer.plan_id,
    )
    for visit in visits:
        close_visit(visit, now=now)
    withdraw_private_offer(offer=offer, actor=actor, reason=reason, now=now)
    _bring_level(offer, now=now)


def _bring_level(offer: PrivateOffer, *, now: datetime) -> None:
    if is_connected():
        publish_plan(plan_id=offer.plan_id, now=now)

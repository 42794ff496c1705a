"""Bring the agreement that a subscription collects for level with it."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from config.kernel.errors import DomainError

from ...models import Agreement, StripeCustomer, StripeSubscription
from ..gateway.facts import SubscriptionFacts
from .climbing import climb
from .differences import Obstacle, note_obstacles
from .looking import Sight, in_our_words, look_at

# What is sold here names the organization in its metadata.
ORGANIZATION: Final = "organization"
MOST_LOOKS: Final = 5


class StillChanging(DomainError):
    """Others bring the subscription level all the time. It can be tried again."""

    code = "subscription_busy"
    title = "The subscription is being changed"
    status = 503


class _Outdated(Exception):
    """Somebody else has brought the subscription level since it was asked for."""


def bring_subscription_level(*, subscription_id: str, now: datetime) -> Agreement | None:
    """
    Ask Stripe for a subscription, let its agreement take the steps that are missing, and return
    it; None where there is none, because nothing is paid yet or it is nobody's whom we know.

    `now` is the present time of the customer. Doing it again changes nothing, and what was asked
    for before somebody else did the same is not believed but asked for anew. What cannot be
    followed is written down as a difference. Called outside of any transaction.

    Raises `StillChanging`, `ObjectMissing`, and what else the gateway raises.
    """
    for _look in range(MOST_LOOKS):
        known = _find(subscription_id)
        if known is not None and known.ended_at is not None:
            # What is over at Stripe is over for ever.
            return known.agreement
        has_begun = known is not None and known.agreement_id is not None
        sight = look_at(subscription_id=subscription_id, has_begun=has_begun)
        revision = 0 if known is None else known.revision
        try:
            return _bring_level(sight, has_begun=has_begun, revision=revision, now=now)
        except _Outdated:
            continue
    raise StillChanging(_("The subscription is being changed. Try again in a moment."))


@transaction.atomic(durable=True)
def _bring_level(
    sight: Sight, *, has_begun: bool, revision: int, now: datetime
) -> Agreement | None:
    facts = sight.subscription
    customer = (
        StripeCustomer.objects.filter(stripe_id=facts.customer_id)
        .select_related("organization")
        .first()
    )
    if customer is None:
        return None
    organization = customer.organization
    lock_organization(organization_id=organization.pk)
    row = _find(facts.id) or StripeSubscription(organization=organization, stripe_id=facts.id)
    if row.revision != revision:
        raise _Outdated
    if _is_ours(facts, row, organization):
        told = in_our_words(sight, has_begun=has_begun)
        found = climb(row, told, currency=facts.currency, now=now)
    else:
        found = {Obstacle.MADE_ELSEWHERE: ("sold by nobody here", facts.status)}
    _keep(row, facts, is_level=Obstacle.REFUSED not in found, now=now)
    note_obstacles(found, subscription_id=facts.id, organization_id=organization.pk, now=now)
    return row.agreement


def _find(subscription_id: str) -> StripeSubscription | None:
    return (
        StripeSubscription.objects.filter(stripe_id=subscription_id)
        .select_related("organization", "agreement__organization", "agreement__plan_version__plan")
        .first()
    )


def _is_ours(facts: SubscriptionFacts, row: StripeSubscription, organization: Organization) -> bool:
    is_known = row.agreement_id is not None
    return is_known or facts.metadata.get(ORGANIZATION) == organization.public_id


def _keep(
    row: StripeSubscription, facts: SubscriptionFacts, *, is_level: bool, now: datetime
) -> None:
    """Note what was seen. What is not level yet is not over, whatever Stripe says."""
    row.status = facts.status
    row.schedule_id = facts.schedule_id
    row.latest_invoice_id = facts.latest_invoice_id
    row.period_starts_at = facts.period.starts_at
    row.period_ends_at = facts.period.ends_at
    row.cancel_at = facts.cancel_at
    row.ended_at = facts.ended_at if is_level else None
    row.synced_at = now
    row.revision += 1
    row.save()

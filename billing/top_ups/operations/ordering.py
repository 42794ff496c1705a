"""Order packs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from accounts.webhooks.outbox import announce
from accounts.webhooks.values import amount, instant, quantity
from config.kernel.errors import Invalid

from ...agreements.errors import OrganizationClosed
from ...choices import TopUpStatus, TopUpTrigger
from ...events import EventType
from ...models import TopUp
from ...wording import quantity_words
from ..automatic import MOST_PACKS
from ..errors import OrderWaiting, PackChanged
from ..offers import PackOffer
from ..queries import get_pack


@dataclass(frozen=True, slots=True)
class Order:
    """Packs to be ordered; an automatic order counts in a usage period."""

    pack: PackOffer
    pack_count: int
    trigger: TopUpTrigger
    period_starts_at: datetime | None = None


@transaction.atomic
def order_top_up(
    *,
    organization: Organization,
    pack_code: str,
    pack_count: int,
    actor: Actor,
    now: datetime,
    reviewed: str | None = None,
) -> TopUp:
    """
    Order packs at today's price in the agreement's currency. Nothing is granted before they are
    paid, and nothing that staff change afterwards changes the order.

    `reviewed` is the fingerprint of the offer that somebody read beforehand: the packs are
    ordered on those terms or not at all. Raises `Invalid` for a count that nobody orders,
    `OrganizationClosed`, `PackNotOffered`, `NothingToTopUp`, `PackChanged`, and `OrderWaiting`
    while an order of the same pack is not paid.
    """
    if not 1 <= pack_count <= MOST_PACKS:
        raise Invalid(_("An order has 1 to %(most)s packs.") % {"most": quantity_words(MOST_PACKS)})
    lock_organization(organization_id=organization.pk)
    check_open(organization_id=organization.pk)
    pack = get_pack(organization=organization, code=pack_code)
    if reviewed is not None and reviewed != pack.fingerprint:
        raise PackChanged(
            _(
                "The pack has changed since the page was opened, so nothing was ordered. "
                "Please have another look."
            )
        )
    waiting = TopUp.objects.owned_by(organization).filter(
        pack=pack.pack_id, status=TopUpStatus.PENDING, trigger=TopUpTrigger.PERSON
    )
    earlier = waiting.first()
    if earlier is not None:
        raise OrderWaiting(
            _("An order of %(pack)s is waiting for its payment already.") % {"pack": pack.name},
            top_up=earlier.public_id,
        )
    order = Order(pack, pack_count, TopUpTrigger.PERSON)
    return place(order, organization=organization, actor=actor, now=now)


def check_open(*, organization_id: int) -> None:
    """Raise `OrganizationClosed` unless the organization does business."""
    if not Organization.objects.open().filter(pk=organization_id).exists():
        raise OrganizationClosed(_("The organization is closed."))


def place(order: Order, *, organization: Organization, actor: Actor, now: datetime) -> TopUp:
    """Store an order that may be made. The caller holds the organization's lock."""
    pack = order.pack
    top_up = TopUp.objects.create(
        organization=organization,
        pack_id=pack.pack_id,
        feature_id=pack.feature_id,
        pack_count=order.pack_count,
        credits=pack.credits * order.pack_count,
        currency=pack.price.currency,
        amount_minor=pack.price.minor * order.pack_count,
        expires_after_months=pack.expires_after_months,
        trigger=order.trigger,
        period_starts_at=order.period_starts_at,
        ordered_at=now,
    )
    facts = facts_of(top_up)
    record(
        actor=actor,
        action=EventType.TOP_UP_ORDERED,
        target=top_up.public_id,
        organization=organization,
        changes={field: [None, value] for field, value in facts.items()},
        now=now,
    )
    announce(
        organization_id=organization.pk,
        type=EventType.TOP_UP_ORDERED,
        dedupe_key=f"{EventType.TOP_UP_ORDERED}:{top_up.public_id}",
        data=told_of(top_up),
        now=now,
    )
    return top_up


def facts_of(top_up: TopUp) -> dict[str, Any]:
    """What an order is about, as audit entries tell it."""
    return {
        "feature": top_up.feature.code,
        "pack": top_up.pack.code,
        "pack_count": top_up.pack_count,
        "credits": f"{top_up.credits.normalize():f}",
        "amount_minor": top_up.amount_minor,
        "currency": top_up.currency,
        "expires_after_months": top_up.expires_after_months,
        "trigger": top_up.trigger,
    }


def told_of(top_up: TopUp) -> dict[str, Any]:
    """What events say of an order, in the names that the API has for it."""
    return {
        "id": top_up.public_id,
        "feature": top_up.feature.code,
        "pack": top_up.pack.code,
        "pack_name": top_up.pack.name,
        "count": top_up.pack_count,
        "credits": quantity(top_up.credits),
        "amount": amount(top_up.amount_minor, top_up.currency),
        "expires_after_months": top_up.expires_after_months,
        "trigger": str(top_up.trigger),
        "status": str(top_up.status),
        "ordered_at": instant(top_up.ordered_at),
        "ended_at": instant(top_up.ended_at),
    }

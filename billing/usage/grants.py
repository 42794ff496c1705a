"""Credits that the company gives: a promotion, an adjustment, a purchase made elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import operations as audit
from accounts.audit.actor import Actor
from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from config.kernel.errors import Invalid
from metering import operations as metering
from metering.choices import GrantCategory
from metering.models import Action, CreditGrant
from metering.operations import DEFAULT_PRIORITY, NewGrant

from ..entitlements.queries import FeatureNotFound
from ..models import Feature

# The other categories are given by the ledger itself, for a reason of their own.
GIVEN_BY_HAND: Final = (
    GrantCategory.PROMOTION,
    GrantCategory.ADJUSTMENT,
    GrantCategory.PURCHASE,
)


class UnknownActions(Invalid):
    """Credits cannot be restricted to these actions."""

    code = "unknown_action"
    title = "The feature has no such action"


class ExpiresTooEarly(Invalid):
    """Credits must be spendable for a while."""

    code = "expires_in_the_past"
    title = "The credits would have expired already"


@dataclass(frozen=True, slots=True)
class GrantOrder:
    """
    Credits to give on a metered feature, and why.

    `source` names the order: credits are given once for it. They can be spent from now until
    just before `expires_at` (None: for ever), on the `actions` named or, without any, on
    everything.
    """

    feature: str
    category: GrantCategory
    amount: Decimal
    source: str
    reason: str
    expires_at: datetime | None = None
    priority: int = DEFAULT_PRIORITY
    actions: Sequence[str] = ()


def give_credits(
    *, organization: Organization, order: GrantOrder, actor: Actor, now: datetime
) -> CreditGrant:
    """
    Give credits once, and write down who gave them and why.

    An order that was carried out before is not carried out again: its grant is returned. Raises
    `FeatureNotFound`, `UnknownActions` and `ExpiresTooEarly`.
    """
    with transaction.atomic(durable=True):
        return carry_out(organization=organization, order=order, actor=actor, now=now)


def carry_out(
    *, organization: Organization, order: GrantOrder, actor: Actor, now: datetime
) -> CreditGrant:
    """The same within the caller's transaction."""
    assert order.category in GIVEN_BY_HAND, order
    with transaction.atomic():
        lock_organization(organization_id=organization.pk)
        given = CreditGrant.objects.owned_by(organization).filter(source=order.source).first()
        if given is not None:
            return given
        grant = metering.grant_credits(
            organization_id=organization.pk, grant=_terms_of(order, now=now)
        )
        audit.record(
            actor=actor,
            action="credit_grant.created",
            target=grant.public_id,
            organization=organization,
            changes={
                "feature": order.feature,
                "category": order.category.value,
                "amount": str(order.amount),
                "priority": order.priority,
                "expires_at": None if order.expires_at is None else order.expires_at.isoformat(),
                "actions": list(order.actions),
            },
            reason=order.reason,
            now=now,
        )
        return grant


def check_order(order: GrantOrder, *, now: datetime) -> None:
    """Raises what carrying it out now would raise."""
    _terms_of(order, now=now)


def _terms_of(order: GrantOrder, *, now: datetime) -> NewGrant:
    if order.expires_at is not None and order.expires_at <= now:
        raise ExpiresTooEarly(_("The credits would have expired already."))
    feature = (
        Feature.objects.filter(code=order.feature, meter__isnull=False)
        .select_related("meter")
        .first()
    )
    if feature is None or feature.meter is None:
        raise FeatureNotFound(
            _("There is no metered feature “%(feature)s”.") % {"feature": order.feature}
        )
    return NewGrant(
        meter_id=feature.meter.pk,
        category=order.category,
        amount=order.amount,
        effective_at=now,
        expires_at=order.expires_at,
        source=order.source,
        priority=order.priority,
        action_ids=_action_ids(order.actions, meter_id=feature.meter.pk),
    )


def _action_ids(codes: Sequence[str], *, meter_id: int) -> list[int]:
    found = dict(Action.objects.filter(meter_id=meter_id, code__in=codes).values_list("code", "pk"))
    unknown = sorted(set(codes) - set(found))
    if unknown:
        raise UnknownActions(
            _("The feature has no action %(actions)s.") % {"actions": ", ".join(unknown)}
        )
    return sorted(found.values())

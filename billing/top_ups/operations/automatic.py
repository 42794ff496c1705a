"""Top-ups that order themselves: set, removed, and ordered when they are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import SYSTEM, Actor
from accounts.audit.operations import differences, record
from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from config.kernel.errors import Invalid
from config.kernel.quantities import ZERO
from metering.usage.reports import Movement

from ...choices import TopUpTrigger
from ...models import AutomaticTopUp, TopUp
from ...models.plan_terms import LARGEST_PRICE_MINOR
from ...wording import money_words, quantity_words
from ..automatic import MOST_PACKS, packs_due, packs_needed
from ..checks import check_quantity
from ..errors import AutomaticTopUpNotFound
from ..offers import PackOffer
from ..queries import get_pack
from ..state import AutomaticTopUps, ReadyRow
from .ordering import Order, check_open, place

_LARGEST_TARGET: Final = Decimal(10) ** 10


@dataclass(frozen=True, slots=True)
class AutomaticSettings:
    """
    What an organization wants ordered by itself.

    With less than `threshold` left, as many packs as bring the balance to `target` at least, for
    at most `limit_minor` of the agreement's currency in a usage period.
    """

    pack_code: str
    threshold: Decimal
    target: Decimal
    limit_minor: int

    def check(self, *, pack: PackOffer) -> None:
        """Raise `Invalid` for settings that could never do what they say."""
        check_quantity(self.threshold, what=_("The threshold"), largest=_LARGEST_TARGET)
        check_quantity(self.target, what=_("The target"), largest=_LARGEST_TARGET)
        if self.target < self.threshold:
            raise Invalid(_("The target cannot be below the threshold."))
        if not pack.price.minor <= self.limit_minor < LARGEST_PRICE_MINOR:
            raise Invalid(
                _("The limit must allow one pack at least: %(price)s.")
                % {"price": money_words(pack.price)}
            )
        needed = packs_needed(balance=ZERO, target=self.target, pack_credits=pack.credits)
        if needed > MOST_PACKS:
            raise Invalid(
                _(
                    "It would take more than %(most)s packs to reach the target. Choose a "
                    "larger pack or a lower target."
                )
                % {"most": quantity_words(MOST_PACKS)}
            )


@transaction.atomic
def set_automatic_top_up(
    *, organization: Organization, settings: AutomaticSettings, actor: Actor, now: datetime
) -> AutomaticTopUp:
    """
    Have packs ordered when the balance of their feature runs low, or change how.

    From the next usage on. Raises `Invalid`, `OrganizationClosed`, `PackNotOffered` and
    `NothingToTopUp`.
    """
    lock_organization(organization_id=organization.pk)
    check_open(organization_id=organization.pk)
    pack = get_pack(organization=organization, code=settings.pack_code)
    settings.check(pack=pack)
    stored = AutomaticTopUp.objects.owned_by(organization).filter(feature=pack.feature_id).first()
    before = dict.fromkeys(_READABLE) if stored is None else _readable(stored)
    stored = stored or AutomaticTopUp(organization=organization, feature_id=pack.feature_id)
    stored.pack_id = pack.pack_id
    stored.threshold = settings.threshold
    stored.target = settings.target
    stored.limit_minor = settings.limit_minor
    stored.currency = pack.price.currency
    stored.save()
    changes = differences(before, _readable(stored))
    if changes:
        record(
            actor=actor,
            action="automatic_top_up.set",
            target=stored.feature.code,
            organization=organization,
            changes=changes,
            now=now,
        )
    return stored


@transaction.atomic
def remove_automatic_top_up(
    *, organization: Organization, feature: str, actor: Actor, now: datetime
) -> None:
    """
    Order nothing by itself any more. An order that waits for its payment stays.

    Raises `AutomaticTopUpNotFound`.
    """
    lock_organization(organization_id=organization.pk)
    stored = AutomaticTopUp.objects.owned_by(organization).filter(feature__code=feature).first()
    if stored is None:
        raise AutomaticTopUpNotFound("No automatic top-up is set.")
    switch_off(
        organization=organization,
        feature_id=stored.feature_id,
        reason="",
        actor=actor,
        now=now,
    )


def switch_off(
    *, organization: Organization, feature_id: int, reason: str, actor: Actor, now: datetime
) -> None:
    """Remove what is set for a feature, if anything is. The caller holds the lock."""
    stored = AutomaticTopUp.objects.owned_by(organization).filter(feature=feature_id).first()
    if stored is None:
        return
    changes = {field: [value, None] for field, value in _readable(stored).items()}
    stored.delete()
    record(
        actor=actor,
        action="automatic_top_up.removed",
        target=stored.feature.code,
        organization=organization,
        changes=changes,
        reason=reason,
        now=now,
    )


def order_due_top_ups(
    *,
    organization_id: int,
    movements: Sequence[Movement],
    automatic: AutomaticTopUps,
    at: datetime,
) -> list[TopUp]:
    """
    Order what usage has made due, in the transaction that booked it, under its lock.

    Usage of a period that has ended makes nothing due, even if it is reported within its grace.
    `automatic` was asked for under the same lock. While nothing is due this takes no query. Of
    each feature at most one automatic order waits for its payment, and the orders of a usage
    period never come to more than its limit.
    """
    current = (movement for movement in movements if movement.period_ends_at > at)
    newest = {movement.meter_id: movement for movement in sorted(current, key=_period)}
    orders = [
        order
        for meter_id, movement in newest.items()
        if (order := _due_order(movement, automatic.by_meter.get(meter_id))) is not None
    ]
    if not orders:
        return []
    organization = Organization.objects.get(pk=organization_id)
    return [place(order, organization=organization, actor=SYSTEM, now=at) for order in orders]


def _period(movement: Movement) -> datetime:
    return movement.period_starts_at


def _due_order(movement: Movement, ready: ReadyRow | None) -> Order | None:
    if ready is None or movement.remaining is None:
        return None
    period_starts_at = movement.period_starts_at
    ordered_minor = 0
    if ready.counted_from is not None and ready.counted_from >= period_starts_at:
        period_starts_at, ordered_minor = ready.counted_from, ready.ordered_minor
    count = packs_due(ready.refill, balance=movement.remaining, ordered_minor=ordered_minor)
    if count == 0:
        return None
    return Order(ready.pack, count, TopUpTrigger.AUTOMATIC, period_starts_at)


_READABLE: Final = ("pack", "threshold", "target", "limit_minor", "currency")


def _readable(automatic: AutomaticTopUp) -> dict[str, Any]:
    return {
        "pack": automatic.pack.code,
        "threshold": f"{automatic.threshold.normalize():f}",
        "target": f"{automatic.target.normalize():f}",
        "limit_minor": automatic.limit_minor,
        "currency": automatic.currency,
    }

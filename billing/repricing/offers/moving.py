"""
Move who has accepted, and who moves because everybody does, at the renewal that was told.

The change is planned shortly before the period ends, by the path that every planned change takes.
Then the agreement moves by itself, and what became of it is noted here. Whatever is killed in
between is taken up again by the sweep.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Q, QuerySet, Value

from accounts.audit.actor import SYSTEM
from accounts.audit.operations import record
from accounts.organizations.clock import time_of
from accounts.organizations.sweeping import sweep
from config.kernel.errors import DomainError

from ...agreements.waiting import find_waiting_change
from ...choices import CampaignStatus, OfferStatus, ScheduledChangeStatus
from ...events import EventType
from ...models import RepricingOffer, ScheduledChange
from ...stripe.gateway.errors import StripeUnavailable
from ...stripe.journeys.changes import undo_change
from ..guarantees.operations import begin_guarantee
from .dates import next_date, plan_reminders
from .ending import note_declined, note_over
from .loading import lock_offer
from .noting import note_offer, standing_of
from .planning import plan_change
from .steps import PLANNED_BEFORE, UNDER_WAY_FOR, Standing, Step, next_step

_UNFINISHED: Final = (OfferStatus.PREPARED, OfferStatus.OPEN, OfferStatus.ACCEPTED)
_LONGEST_OBSTACLE: Final = 200
_MOVED_ALL_THE_SAME: Final = (
    "Moved all the same: Stripe was not reached in time. Offer the plan of before privately, and "
    "give the difference back."
)
# What our books do by themselves; another step may follow from it.
_OURS_ALONE: Final = frozenset({Step.LAPSE, Step.APPLY, Step.TAKE_BACK, Step.UNLINK, Step.REDATE})
_HAPPENS: Final = (ScheduledChangeStatus.WAITING, ScheduledChangeStatus.APPLIED)


def move_due_offers(*, now: datetime) -> int:
    """
    Do what is next about every offer about which something is to be done; return their number.

    One that fails does not hold up the others: the failures are raised together at the end.
    """
    found = _to_see_to(now).order_by("organization_id").values_list("organization_id", "pk")
    offers: dict[int, list[int]] = {}
    for organization_id, offer_id in found:
        offers.setdefault(organization_id, []).append(offer_id)

    def visit(organization_id: int) -> int:
        for offer_id in offers[organization_id]:
            move_offer(offer_id=offer_id, now=now)
        return len(offers[organization_id])

    return sum(sweep(offers, visit, doing="moving the offers of"))


def move_offer(*, offer_id: int, now: datetime) -> None:
    """
    Do what is next about one offer. Harmless twice, and at once.

    What is in the way of a move is noted for staff, and tried again. Raises `StripeUnavailable`.
    """
    organization_id = RepricingOffer.objects.values_list("organization_id", flat=True).get(
        pk=offer_id
    )
    now = time_of(organization_id=organization_id, now=now)
    offer, step = _take_step(offer_id=offer_id, organization_id=organization_id, now=now)
    while step in _OURS_ALONE:
        offer, step = _take_step(offer_id=offer_id, organization_id=organization_id, now=now)
    if step == Step.UNDO:
        undo_change(agreement=offer.agreement, actor=SYSTEM, now=now)
    if step != Step.PLAN:
        return
    try:
        plan_change(offer, now=now)
    except StripeUnavailable:
        raise
    except DomainError as refusal:
        obstacle = refusal.detail[:_LONGEST_OBSTACLE]
        RepricingOffer.objects.filter(pk=offer.pk).update(obstacle=obstacle)
        return
    _link(offer_id=offer_id, organization_id=organization_id, now=now)


@transaction.atomic(durable=True)
def _take_step(
    *, offer_id: int, organization_id: int, now: datetime
) -> tuple[RepricingOffer, Step]:
    """Take what is next, as far as our books go; what is left is to be done at Stripe."""
    offer = lock_offer(offer_id=offer_id, organization_id=organization_id, now=now)
    _adopt(offer)
    step = next_step(_standing_of(offer), now=now)
    if step in (Step.PLAN, Step.UNDO):
        if offer.tried_at is not None and offer.tried_at > now - UNDER_WAY_FOR:
            return offer, Step.NOTHING
        offer.tried_at = now
        offer.obstacle = ""
        offer.save(update_fields=["tried_at", "obstacle"])
    elif (deed := _DEEDS.get(step)) is not None:
        deed(offer, now)
    return offer, step


@transaction.atomic(durable=True)
def _link(*, offer_id: int, organization_id: int, now: datetime) -> None:
    """Note which change makes the move, and what was agreed before it."""
    offer = lock_offer(offer_id=offer_id, organization_id=organization_id, now=now)
    _adopt(offer, also_ended=True)


def _adopt(offer: RepricingOffer, *, also_ended: bool = False) -> None:
    """Take the change for the offer's that comes to the same, if there is one."""
    if offer.scheduled_change_id is not None or offer.effective_at is None:
        return
    if offer.status not in _UNFINISHED and not also_ended:
        return
    if _is_called_off(offer) and offer.tried_at is None:
        # Not planned by us: who wants to move all the same, moves.
        return
    change = (
        ScheduledChange.objects.filter(
            organization_id=offer.organization_id,
            agreement_id=offer.agreement_id,
            to_version_id=offer.to_version_id,
            effective_at__gte=offer.effective_at,
            requested_at__gte=offer.noticed_at,
            status__in=_HAPPENS,
        )
        .order_by("-pk")
        .first()
    )
    if change is None:
        return
    # What a call of ours made is ours; one that was refused has made nothing.
    offer.is_own_change = offer.tried_at is None or bool(offer.obstacle)
    offer.scheduled_change, offer.tried_at = change, None
    if change.status == ScheduledChangeStatus.WAITING:
        offer.from_interval = offer.agreement.interval
        offer.from_seats = offer.agreement.seats
    offer.save(
        update_fields=[
            "scheduled_change",
            "is_own_change",
            "tried_at",
            "from_interval",
            "from_seats",
        ]
    )


def _lapse(offer: RepricingOffer, *, now: datetime) -> None:
    was_told = offer.noticed_at is not None
    if offer.is_own_change:
        _let_go(offer)
    status = OfferStatus.LAPSED if was_told else OfferStatus.WITHDRAWN
    note_over(offer, status, actor=SYSTEM, now=now)


def _let_go(offer: RepricingOffer) -> None:
    """Leave a change to itself: it was undone, or is the customer's own."""
    offer.scheduled_change, offer.is_own_change = None, False
    offer.save(update_fields=["scheduled_change", "is_own_change"])


def _is_called_off(offer: RepricingOffer) -> bool:
    """Whether a move that everybody was to make does not come any more."""
    is_closed = offer.campaign.status != CampaignStatus.RUNNING
    return is_closed and offer.campaign.must_move and offer.status == OfferStatus.OPEN


def _standing_of(offer: RepricingOffer) -> Standing:
    agreement, change = offer.agreement, offer.scheduled_change
    return Standing(
        status=OfferStatus(offer.status),
        is_running=offer.campaign.status == CampaignStatus.RUNNING,
        must_move=offer.campaign.must_move,
        answer_by=offer.campaign.answer_by,
        effective_at=offer.effective_at,
        change=None if change is None else ScheduledChangeStatus(change.status),
        gave_way=_gave_way(offer),
        is_noted=bool(offer.obstacle),
        is_on_plan=agreement.plan_version.plan_id == offer.from_version.plan_id,
        has_ended=agreement.ended_at is not None,
        is_going_to_end=agreement.cancel_at is not None,
        period_ends_at=agreement.current_period_end,
    )


def _gave_way(offer: RepricingOffer) -> bool:
    """Whether the customer has planned other seats, or another interval, in place of the move."""
    change = offer.scheduled_change
    if change is None or change.status != ScheduledChangeStatus.UNDONE:
        return False
    waiting = find_waiting_change(offer.agreement)
    return waiting is not None and waiting.to_version.plan_id == offer.from_version.plan_id


def _apply(offer: RepricingOffer, *, now: datetime) -> None:
    """Note that the agreement has moved, and begin what was promised for that."""
    change = offer.scheduled_change
    assert change is not None, offer.public_id
    told = standing_of(offer)
    offer.status = OfferStatus.APPLIED
    offer.effective_at = change.effective_at
    offer.ended_at = max(now, change.effective_at)
    offer.obstacle = ""
    offer.save(update_fields=["status", "effective_at", "ended_at", "obstacle"])
    note_offer(offer, EventType.REPRICING_OFFER_APPLIED, before=told, actor=SYSTEM, now=now)
    begin_guarantee(offer=offer, now=now)


def _own_up(offer: RepricingOffer, *, now: datetime) -> None:
    """Note, for staff and for the customer, that a move happened which was not to be any more."""
    offer.obstacle = _MOVED_ALL_THE_SAME
    offer.save(update_fields=["obstacle"])
    record(
        actor=SYSTEM,
        action="repricing_offer.moved_all_the_same",
        target=offer.public_id,
        organization=offer.organization,
        changes={"plan": [offer.from_version.plan.code, offer.to_version.plan.code]},
        now=now,
    )


def _redate(offer: RepricingOffer, *, now: datetime) -> None:
    """Let the move come at the next renewal: never early, and never within a period."""
    offer.effective_at = next_date(offer, now=now)
    offer.save(update_fields=["effective_at"])
    plan_reminders(offer, now=now)


def _to_see_to(now: datetime) -> QuerySet[RepricingOffer]:
    """Offers about which something may be to be done by the time of their organizations."""
    own_now = ExpressionWrapper(
        Value(now, output_field=DateTimeField()) + F("organization__clock_ahead"),
        output_field=DateTimeField(),
    )
    lives_until = ExpressionWrapper(own_now + Value(PLANNED_BEFORE), output_field=DateTimeField())
    rested_since = ExpressionWrapper(own_now - Value(UNDER_WAY_FOR), output_field=DateTimeField())
    has_rested = Q(tried_at=None) | Q(tried_at__lte=rested_since)
    is_unfinished = Q(status__in=_UNFINISHED)
    is_going = Q(status=OfferStatus.ACCEPTED) | Q(status=OfferStatus.OPEN, campaign__must_move=True)
    return RepricingOffer.objects.filter(
        (is_unfinished & Q(agreement__ended_at__isnull=False))
        | (is_unfinished & ~Q(agreement__plan_version__plan=F("from_version__plan")))
        | (
            is_unfinished
            & ~Q(scheduled_change=None)
            & ~Q(scheduled_change__status=ScheduledChangeStatus.WAITING)
        )
        | (
            is_going
            & Q(scheduled_change=None)
            & Q(agreement__cancel_at=None)
            & has_rested
            & (
                Q(effective_at__lte=lives_until)
                | Q(effective_at__lt=F("agreement__current_period_end"))
            )
        )
        | Q(
            status=OfferStatus.OPEN,
            campaign__must_move=False,
            campaign__answer_by__lte=own_now,
        )
        | Q(
            status__in=(OfferStatus.PREPARED, OfferStatus.OPEN),
            campaign__status=CampaignStatus.CLOSED,
        )
        | (
            ~is_unfinished
            & ~Q(status=OfferStatus.APPLIED)
            & Q(scheduled_change__status=ScheduledChangeStatus.WAITING)
            & has_rested
        )
        | (
            ~is_unfinished
            & ~Q(status=OfferStatus.APPLIED)
            & Q(scheduled_change__status=ScheduledChangeStatus.APPLIED, obstacle="")
        )
    )


# What our books do about each step.
_DEEDS: Final[dict[Step, Callable[[RepricingOffer, datetime], None]]] = {
    Step.APPLY: lambda offer, now: _apply(offer, now=now),
    Step.LAPSE: lambda offer, now: _lapse(offer, now=now),
    Step.TAKE_BACK: lambda offer, now: note_declined(offer, actor=SYSTEM, now=now),
    Step.UNLINK: lambda offer, _now: _let_go(offer),
    Step.REDATE: lambda offer, now: _redate(offer, now=now),
    Step.OWN_UP: lambda offer, now: _own_up(offer, now=now),
}

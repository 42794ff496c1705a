"""What staff may do to an agreement that customers may not."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.audit.actor import Actor
from config.kernel.errors import Invalid

from ...agreements.changes import change_plan_by_staff
from ...agreements.errors import SamePlan
from ...agreements.queries import agreed_price
from ...catalog.queries import find_newest_version
from ...choices import AgreementStatus, Collection
from ...legacy.leaving import require_consent
from ...models import Agreement
from ...wording import quantity_words
from ..levelling import bring_subscription_level
from .changes import ChangePreview, items_of, make_change, note_request, preview_change
from .proposals import Wish, propose_by_staff
from .schedules import release_schedule
from .subscriptions import get_subscription, update


def move_by_staff(
    *,
    agreement: Agreement,
    plan_code: str,
    charges_now: bool,
    actor: Actor,
    reason: str,
    now: datetime,
    leaves_legacy_plan: bool = False,
) -> None:
    """
    Move an agreement at once to the newest version of any published plan, up or down.

    With `charges_now` the difference for the time that is left is charged, or credited; without,
    the new price is first charged when the period ends. A change that waits is taken back.

    Raises `LeavesLegacyPlan` unless the customer knows that there is no way back,
    `PlanNotOffered`, `PriceNotOffered`, `NotEnoughSeats`, `NothingChanges`, `NotPublished` and what
    `perform` raises; Stripe refuses a plan that is not sold any more, unless it is offered
    privately.
    """
    newest = find_newest_version(plan_code=plan_code, at=now)
    if newest is not None:
        require_consent(agreement, to=newest, is_given=leaves_legacy_plan, actor=actor, now=now)
    if agreement.collection != Collection.STRIPE:
        change_plan_by_staff(
            agreement=agreement, plan_code=plan_code, actor=actor, reason=reason, now=now
        )
        return
    proposal = propose_by_staff(agreement=agreement, wish=Wish(plan_code=plan_code), at=now)
    if proposal.version.pk == agreement.plan_version_id:
        raise SamePlan(
            _("The agreement is on %(plan)s already.") % {"plan": proposal.version.plan.name}
        )
    note_request(agreement, proposal, actor=actor, reason=reason, now=now)
    subscription = release_schedule(agreement, get_subscription(agreement), now=now)
    is_charged = charges_now and agreement.status != AgreementStatus.TRIALING
    params: dict[str, Any] = {
        "items": items_of(subscription, proposal),
        "proration_behavior": "always_invoice" if is_charged else "none",
    }
    update(agreement, subscription, params, now=now)
    bring_subscription_level(subscription_id=subscription.id, now=now)


def preview_fewer_seats(*, agreement: Agreement, seats: int, now: datetime) -> ChangePreview:
    """
    Return what fewer seats would mean, and from when on. Changes nothing.

    Raises `Invalid` unless they are fewer and each is paid for, and what `preview_change` raises.
    """
    if agreed_price(agreement).per_seat is None:
        raise Invalid(_("The plan has no price for each seat."))
    if seats >= agreement.seats:
        raise Invalid(
            ngettext(
                "There is %(seats)s seat now: ask for fewer.",
                "There are %(seats)s seats now: ask for fewer.",
                agreement.seats,
            )
            % {"seats": quantity_words(Decimal(agreement.seats))}
        )
    return preview_change(agreement=agreement, wish=Wish(seats=seats), now=now)


def lower_seats_by_staff(
    *, agreement: Agreement, seats: int, actor: Actor, reason: str, now: datetime
) -> ChangePreview:
    """
    Let an agreement have fewer seats from the end of the period that is paid for, or at once on
    trial, and return what that means. It takes the place of a change that waits.

    Raises what `preview_fewer_seats` and `make_change` raise.
    """
    preview = preview_fewer_seats(agreement=agreement, seats=seats, now=now)
    return make_change(
        agreement=agreement,
        wish=Wish(seats=seats),
        proration_at=preview.proration_at,
        expected=preview.due_now,
        actor=actor,
        now=now,
        reason=reason,
    )

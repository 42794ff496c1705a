"""
Change the plan, the interval or the seats of an agreement.

First a preview: what is due now, what then, what is lost. What is shown is what is charged: the
change is made with the same moment of proration, and only if it still comes to the same amount.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from config.kernel.errors import Invalid
from config.kernel.money import Money

from ...agreements.errors import AgreementEnding, PaymentOverdue
from ...agreements.waiting import find_waiting_change
from ...choices import AgreementStatus, Collection, EndReason
from ...legacy.leaving import is_leaving, require_consent
from ...models import Agreement
from ...repricing.offers.errors import MoveIsDue
from ...repricing.offers.queries import find_due_move
from ..gateway.client import ask, briefly
from ..gateway.facts import InvoiceFacts, SubscriptionFacts
from ..gateway.reading import retrieve_invoice
from ..levelling import bring_subscription_level
from ..publishing import kinds_of_prices, price_ids_of
from .customers import find_customer
from .errors import ChangeWaiting, CheckoutNeeded, PaymentIncomplete, PreviewOutdated
from .items import Item, changed_items
from .outside import change_outside, undo_outside
from .proposals import Proposal, Wish, propose
from .schedules import release_schedule, schedule_at_stripe
from .subscriptions import get_subscription, update

# How long somebody may look at a preview before it has to be made anew.
PREVIEW_HOLDS: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One line of what is due now."""

    description: str
    amount: Money
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """
    What a change would be.

    `due_now` is charged when it is made; it is nothing for a change that takes effect at the end
    of the period. `base` is what each period costs from then on, first at `next_charge_at`.
    `proration_at` and `due_now` are handed back to make exactly this change. Where it
    `leaves_legacy_plan`, whoever makes it says that they know that there is no way back.
    """

    proposal: Proposal
    leaves_legacy_plan: bool
    effective_at: datetime
    lines: tuple[PreviewLine, ...]
    tax: Money
    due_now: Money
    base: Money
    next_charge_at: datetime
    proration_at: datetime
    card: str

    @property
    def is_at_once(self) -> bool:
        """Whether it takes effect when it is made."""
        return self.proposal.is_at_once


def preview_change(
    *, agreement: Agreement, wish: Wish, now: datetime, proration_at: datetime | None = None
) -> ChangePreview:
    """
    Return what a change would come to, to the cent. Changes nothing, and waits seconds for Stripe.

    Raises `NothingChanges`, `PlanNotOffered`, `PriceNotOffered`, `NotEnoughSeats`, `Invalid` for
    another number of seats where none is paid for, `PaymentOverdue`, `AgreementEnding`,
    `ChangeWaiting` for a change at once while another waits, `CheckoutNeeded` for an agreement that
    is free so far, and what asking Stripe raises.
    """
    proposal = _proposal(agreement, wish, now=now)
    at = (proration_at or now).replace(microsecond=0)
    invoice = None
    if proposal.is_at_once and agreement.collection == Collection.STRIPE:
        with briefly():
            subscription = _free_subscription(agreement, now=now)
            invoice = _due_now(agreement, subscription, proposal, at=at)
    return _describe(agreement, proposal, invoice, at=at)


def make_change(
    *,
    agreement: Agreement,
    wish: Wish,
    proration_at: datetime,
    expected: Money,
    actor: Actor,
    now: datetime,
    leaves_legacy_plan: bool = False,
    reason: str = "",
) -> ChangePreview:
    """
    Make the change that was previewed, at once or when the paid period ends, and return it.

    One that is to wait takes the place of one that waits. Staff say for what reason. Raises what
    `preview_change` raises, `LeavesLegacyPlan` unless the customer knows that there is no way back,
    `PreviewOutdated` if it comes to something else by now, and `PaymentIncomplete`: then the change
    takes effect with the payment, or not at all.
    """
    proposal = _proposal(agreement, wish, now=now)
    _check_is_as_shown(agreement, proposal, shown_at=proration_at, now=now)
    require_consent(
        agreement, to=proposal.version, is_given=leaves_legacy_plan, actor=actor, now=now
    )
    if agreement.collection != Collection.STRIPE:
        if reason:
            note_request(agreement, proposal, actor=actor, reason=reason, now=now)
        change_outside(agreement, proposal, actor=actor, now=now)
        return _describe(agreement, proposal, None, at=proration_at)
    if not proposal.is_at_once:
        note_request(agreement, proposal, actor=actor, reason=reason, now=now)
        subscription = get_subscription(agreement)
        subscription = release_schedule(agreement, subscription, now=now, is_replaced=True)
        schedule_at_stripe(agreement, subscription, proposal, now=now)
        return _describe(agreement, proposal, None, at=proration_at)
    subscription = _free_subscription(agreement, now=now)
    invoice = _due_now(agreement, subscription, proposal, at=proration_at)
    if expected != Money(0 if invoice is None else invoice.amount_due, agreement.currency):
        raise PreviewOutdated(_("The amount has changed. Please have another look."))
    note_request(agreement, proposal, actor=actor, reason=reason, now=now)
    changed = _update(agreement, subscription, proposal, at=proration_at, now=now)
    bring_subscription_level(subscription_id=changed.id, now=now)
    if changed.has_pending_update:
        unpaid = retrieve_invoice(changed.latest_invoice_id)
        raise PaymentIncomplete(
            _("The payment did not go through, so nothing has changed yet."),
            invoice_url=unpaid.hosted_url,
        )
    return _describe(agreement, proposal, invoice, at=proration_at)


def undo_change(*, agreement: Agreement, actor: Actor, now: datetime, reason: str = "") -> None:
    """
    Take a change back that waits for the end of the period. Without one, nothing happens.

    Staff say for what reason. Raises `MoveIsDue` for a move that everybody makes.
    """
    _check_can_be_undone(agreement)
    if agreement.collection != Collection.STRIPE:
        if find_waiting_change(agreement) is not None:
            _note_undoing(agreement, actor=actor, reason=reason, now=now)
            undo_outside(agreement, actor=actor, now=now)
        return
    subscription = get_subscription(agreement)
    if subscription.schedule_id:
        _note_undoing(agreement, actor=actor, reason=reason, now=now)
        release_schedule(agreement, subscription, now=now)


def _check_can_be_undone(agreement: Agreement) -> None:
    change = find_waiting_change(agreement)
    offer = None if change is None else find_due_move(agreement=agreement, change=change)
    if change is not None and offer is not None:
        raise MoveIsDue(
            _("Everybody on %(plan)s moves. You can end your plan before that.")
            % {"plan": offer.from_version.plan.name},
            effective_at=change.effective_at.isoformat(),
        )


def _note_undoing(agreement: Agreement, *, actor: Actor, reason: str, now: datetime) -> None:
    record(
        actor=actor,
        action="agreement.undo_requested",
        target=agreement.public_id,
        organization=agreement.organization,
        changes={},
        reason=reason,
        now=now,
    )


def _check_is_as_shown(
    agreement: Agreement, proposal: Proposal, *, shown_at: datetime, now: datetime
) -> None:
    """Neither another period has begun since then, nor has another version come on sale."""
    began_at = agreement.current_period_start.replace(microsecond=0)
    if not max(now - PREVIEW_HOLDS, began_at) <= shown_at <= now:
        raise PreviewOutdated(_("The preview is too old. Please have another look."))
    published_at = proposal.version.published_at
    if published_at is not None and published_at.replace(microsecond=0) > shown_at:
        raise PreviewOutdated(_("The plan has changed meanwhile. Please have another look."))


def _proposal(agreement: Agreement, wish: Wish, *, now: datetime) -> Proposal:
    if agreement.status == AgreementStatus.PAST_DUE:
        raise PaymentOverdue(_("The plan can be changed once the overdue payment is made."))
    if agreement.end_reason == EndReason.REQUESTED:
        raise AgreementEnding(
            _("The agreement is going to end. Take that back first."),
            ends_at=agreement.cancel_at and agreement.cancel_at.isoformat(),
        )
    proposal = propose(agreement=agreement, wish=wish, at=now)
    _check_seats_can_be_told(agreement, wish, proposal)
    if agreement.collection == Collection.FREE and proposal.collection != Collection.FREE:
        raise CheckoutNeeded(
            _("%(plan)s has to be paid for first.") % {"plan": proposal.version.plan.name}
        )
    return proposal


def _check_seats_can_be_told(agreement: Agreement, wish: Wish, proposal: Proposal) -> None:
    """Stripe counts the seats that are paid for; another number of others would never arrive."""
    if wish.seats is None or agreement.collection != Collection.STRIPE:
        return
    stays = proposal.version.pk == agreement.plan_version_id
    without_asking = agreement.seats if stays else proposal.terms.included_seats
    if proposal.price.per_seat is None and wish.seats != without_asking:
        raise Invalid(_("The plan has no price for each seat."))


def _free_subscription(agreement: Agreement, *, now: datetime) -> SubscriptionFacts:
    """
    The subscription, without a schedule: while one is attached, nothing can be previewed or
    changed at once. One that has done its work is let go. Raises `ChangeWaiting` if it has not.
    """
    if find_waiting_change(agreement) is not None:
        raise ChangeWaiting(_("A change is planned already. Take that back first."))
    return release_schedule(agreement, get_subscription(agreement), now=now)


def items_of(subscription: SubscriptionFacts, proposal: Proposal) -> list[Item]:
    """The items that an update of the subscription names to make it what is wanted."""
    prices = price_ids_of(
        version_id=proposal.version.pk, currency=proposal.currency, interval=proposal.interval
    )
    kinds = kinds_of_prices(price_ids=[item.price_id for item in subscription.items])
    return changed_items(subscription, prices, kinds=kinds, seats=proposal.seats)


def _due_now(
    agreement: Agreement, subscription: SubscriptionFacts, proposal: Proposal, *, at: datetime
) -> InvoiceFacts | None:
    """
    The invoice that the change would bring; None on trial.

    Without a proration Stripe would show the next regular invoice, which is due later or never.
    """
    if agreement.status == AgreementStatus.TRIALING:
        return None
    details = {"items": items_of(subscription, proposal), **_proration(agreement, at=at)}
    return InvoiceFacts.read(
        ask(
            "invoices.create_preview",
            {
                "customer": subscription.customer_id,
                "subscription": subscription.id,
                "subscription_details": details,
            },
        )
    )


def _update(
    agreement: Agreement,
    subscription: SubscriptionFacts,
    proposal: Proposal,
    *,
    at: datetime,
    now: datetime,
) -> SubscriptionFacts:
    """One call for one preview: sent twice, it is made once."""
    params: dict[str, Any] = {
        "items": items_of(subscription, proposal),
        **_proration(agreement, at=at),
        "payment_behavior": "pending_if_incomplete",
    }
    wanted = f"{proposal.version.pk}:{proposal.interval}:{proposal.seats}"
    key = f"change:{subscription.id}:{wanted}:{int(at.timestamp())}"
    return update(agreement, subscription, params, key=key, now=now)


def _proration(agreement: Agreement, *, at: datetime) -> dict[str, Any]:
    """On trial nothing is paid for, so nothing is prorated."""
    if agreement.status == AgreementStatus.TRIALING:
        return {"proration_behavior": "none"}
    return {"proration_behavior": "always_invoice", "proration_date": int(at.timestamp())}


def note_request(
    agreement: Agreement, proposal: Proposal, *, actor: Actor, now: datetime, reason: str = ""
) -> None:
    """Note who asked for a change; what became of it is noted when Stripe has agreed."""
    record(
        actor=actor,
        action="agreement.change_requested",
        target=agreement.public_id,
        organization=agreement.organization,
        changes={
            "plan": [
                agreement.plan_version.plan.code,
                proposal.version.plan.code,
            ],
            "interval": [agreement.interval, proposal.interval],
            "seats": [agreement.seats, proposal.seats],
        },
        reason=reason,
        now=now,
    )


def _describe(
    agreement: Agreement, proposal: Proposal, invoice: InvoiceFacts | None, *, at: datetime
) -> ChangePreview:
    customer = find_customer(organization=agreement.organization)
    nothing = Money(0, agreement.currency)
    lines = () if invoice is None else invoice.lines
    return ChangePreview(
        proposal=proposal,
        leaves_legacy_plan=is_leaving(agreement, to=proposal.version),
        effective_at=at if proposal.is_at_once else agreement.current_period_end,
        lines=tuple(
            PreviewLine(
                description=line.description,
                amount=Money(line.amount, agreement.currency),
                starts_at=line.starts_at,
                ends_at=line.ends_at,
            )
            for line in lines
        ),
        tax=nothing if invoice is None else Money(invoice.tax, invoice.currency),
        due_now=nothing if invoice is None else Money(invoice.amount_due, invoice.currency),
        base=proposal.base,
        next_charge_at=agreement.current_period_end,
        proration_at=at,
        card="" if customer is None else customer.card_words,
    )

"""What stands in the way of a change, and the way out of each."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.agreements.errors import NotEnoughSeats
from billing.agreements.queries import ChangeView
from billing.choices import AgreementStatus, EndReason
from billing.models import Agreement
from billing.stripe.journeys.errors import ChangeWaiting
from config.kernel.errors import DomainError


@dataclass(frozen=True, slots=True)
class Block:
    """
    A reason why a change cannot be made, and where it is taken away. What `is_done_at_once` takes
    one click; everything else has a page of its own.
    """

    reason: str
    url: str
    label: str
    is_done_at_once: bool = False


def seats_block(*, plan: str, seats: int, members: int) -> Block:
    """There are more people than the plan has seats."""
    reason = ngettext(
        "%(plan)s has %(seats)s seat, and you have %(members)s members.",
        "%(plan)s has %(seats)s seats, and you have %(members)s members.",
        seats,
    ) % {"plan": plan, "seats": seats, "members": members}
    return _to_members(reason, surplus=members - seats)


def list_blocks(
    agreement: Agreement, *, change: ChangeView | None, refusal: DomainError
) -> tuple[Block, ...]:
    """Return everything that is known to stand in the way, for a refusal that says one of it."""
    return (*_of_agreement(agreement), *_of_refusal(refusal, change))


def _of_agreement(agreement: Agreement) -> Iterator[Block]:
    if agreement.status == AgreementStatus.PAST_DUE:
        yield Block(
            _("A payment is overdue. The plan can be changed once it is made."),
            reverse("portal:invoices"),
            _("See the invoice"),
        )
    if agreement.end_reason == EndReason.REQUESTED:
        yield Block(
            _("Your plan is going to end. It can be changed once it goes on."),
            reverse("portal:resume_plan"),
            _("Go on after all"),
            is_done_at_once=True,
        )


def _of_refusal(refusal: DomainError, change: ChangeView | None) -> Iterator[Block]:
    if isinstance(refusal, ChangeWaiting) and change is not None:
        yield Block(
            _("A change to %(plan)s waits for the end of your period.")
            % {"plan": change.plan_name},
            reverse("portal:undo_change"),
            _("Take it back"),
            is_done_at_once=True,
        )
    if isinstance(refusal, NotEnoughSeats):
        yield _too_few_seats(refusal)


def _too_few_seats(refusal: NotEnoughSeats) -> Block:
    seats, members = refusal.extra.get("seats"), refusal.extra.get("members")
    if seats is None or members is None:
        return Block(refusal.detail, reverse("portal:plan"), _("Choose fewer seats"))
    reason = ngettext(
        "There would be %(seats)s seat, and you have %(members)s members.",
        "There would be %(seats)s seats, and you have %(members)s members.",
        seats,
    ) % {"seats": seats, "members": members}
    return _to_members(reason, surplus=members - seats)


def _to_members(reason: str, *, surplus: int) -> Block:
    label = ngettext("Remove %(count)s member first", "Remove %(count)s members first", surplus)
    return Block(reason, reverse("portal:members"), label % {"count": surplus})

"""The state of billing, for the banners around every page."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from accounts.access.permissions import Permission, has_permission
from accounts.models import Membership
from billing.agreements.queries import ChangeView
from billing.choices import AgreementStatus, Collection, EndReason, OfferStatus
from billing.invoicing.queries import InvoiceView, find_overdue_invoice
from billing.models import Agreement
from billing.stripe.gateway.configuration import is_connected, is_sandbox

from ...standing import (
    agreement_in_force,
    change_in_waiting,
    offer_in_view,
    standing_of,
)


@dataclass(frozen=True, slots=True)
class BillingState:
    """
    What people should know about billing, wherever they are.

    `overdue` is the invoice that is to be paid, for those who may see it. `trial_ends_at` is told
    while a plan is tried without a card, `ends_at` of a plan that is going to end. `clock` is what
    time it is for an organization that lives by a test clock. `has_open_offer`: a move to another
    plan waits for an answer, or for its date.
    """

    is_connected: bool
    is_uncollected: bool = False
    is_past_due: bool = False
    overdue: InvoiceView | None = None
    trial_ends_at: datetime | None = None
    ends_at: datetime | None = None
    was_end_asked_for: bool = False
    change: ChangeView | None = None
    has_open_offer: bool = False
    may_see: bool = False
    may_manage: bool = False
    sandbox_url: str = ""
    clock: datetime | None = None


def present_billing_state(
    request: HttpRequest, membership: Membership, *, now: datetime
) -> BillingState:
    """Read what the banners say."""
    organization, role = membership.organization, membership.role
    agreement = agreement_in_force(request)
    may_see = has_permission(role, Permission.VIEW_BILLING)
    is_past_due = agreement is not None and agreement.status == AgreementStatus.PAST_DUE
    return BillingState(
        is_connected=is_connected(),
        is_uncollected=agreement is not None and agreement.collection == Collection.NOT_CONNECTED,
        is_past_due=is_past_due,
        overdue=find_overdue_invoice(organization=organization)
        if is_past_due and may_see
        else None,
        trial_ends_at=_trial_without_card(request, agreement),
        ends_at=None if agreement is None else agreement.cancel_at,
        was_end_asked_for=agreement is not None and agreement.end_reason == EndReason.REQUESTED,
        change=change_in_waiting(request),
        has_open_offer=offer_in_view(request) == OfferStatus.OPEN,
        may_see=may_see,
        may_manage=has_permission(role, Permission.MANAGE_BILLING),
        sandbox_url=settings.STRIPE_URL if is_sandbox() else "",
        clock=now + organization.clock_ahead if organization.clock_ahead else None,
    )


def _trial_without_card(request: HttpRequest, agreement: Agreement | None) -> datetime | None:
    if agreement is None or agreement.status != AgreementStatus.TRIALING:
        return None
    standing = standing_of(request)
    has_card = standing is not None and standing.has_card
    return None if has_card else agreement.trial_ends_at
